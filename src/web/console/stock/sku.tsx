import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router';
import { type SkuPage } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { money } from '../../kit/format';
import { Page } from '../../kit/page';
import { useSession } from '../data';
import { Facts } from '../parts/facts';
import { Adjust } from './adjust';
import { useSku } from './data';
import { Ledger } from './ledger';

export function Sku() {
  const { id = '' } = useParams();
  return <OneSku key={id} id={id} />;
}

function OneSku({ id }: { readonly id: string }) {
  const { may } = useSession();
  const [adjusting, adjust] = useState(false);
  return (
    <Page
      title={id}
      actions={
        <Button disabled={!may.act} onClick={() => adjust(true)}>
          Adjust
        </Button>
      }
    >
      <Answer query={useSku(id)}>
        {(page) => (
          <Stack gap="xl">
            <SkuFacts page={page} />
            {adjusting && <Adjust sku={page.sku} onClose={() => adjust(false)} />}
          </Stack>
        )}
      </Answer>
      <Ledger id={id} />
    </Page>
  );
}

function SkuFacts({ page: { sku, ledger } }: { readonly page: SkuPage }) {
  const { available, reserved, sold, unlimited } = sku.stock;
  return (
    <Facts
      facts={[
        ['Title', sku.title],
        ['Product', sku.productId],
        ['Price', money(sku.price)],
        ['Available', unlimited ? 'unlimited' : available],
        ['Reserved', reserved],
        ['Sold', sold],
        ['On sale', sku.onSale ? 'yes' : 'no'],
        ['Ledger', ledgerWords(ledger)],
      ]}
    />
  );
}

function ledgerWords(ledger: SkuPage['ledger']): string {
  if (ledger === null) return 'Too long to be summed here; reconciliation does';
  const { rows, available, reserved, sold, agrees } = ledger;
  if (agrees) return `Its ${rows} rows agree with the counters`;
  return `Its ${rows} rows differ from the counters: ${available} available, ${reserved} reserved, ${sold} sold`;
}
