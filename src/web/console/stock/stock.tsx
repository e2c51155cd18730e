import { Stack, Table } from '@mantine/core';
import { type SkuRow } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { money } from '../../kit/format';
import { Page } from '../../kit/page';
import { useSession } from '../data';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { SearchBox } from '../parts/search-box';
import { To, ToSku } from '../parts/to';
import { useSkus } from './data';

const COLUMNS = ['SKU', 'Title', 'Available', 'Reserved', 'Sold', 'Price', 'On sale'];

export function Stock() {
  const { get, set, cursor } = useFilters();
  const { may } = useSession();
  const skus = useSkus(get('q'), cursor);
  return (
    <Page title="Stock" actions={may.act && <To path="/stock/import">Import a CSV file</To>}>
      <SearchBox label="Beginning of a SKU, or part of a title" value={get('q')} onSearch={(text) => set('q', text)} />
      <Answer query={skus} lines={10}>
        {({ items, nextCursor }) => (
          <Stack aria-busy={skus.isPlaceholderData}>
            <Rows label="SKUs" columns={COLUMNS} empty="No SKU is like that." minWidth={680}>
              {items.map((sku) => (
                <SkuLine key={sku.id} sku={sku} />
              ))}
            </Rows>
            <Older next={nextCursor} label="More" />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function SkuLine({ sku }: { readonly sku: SkuRow }) {
  const { available, reserved, sold, unlimited } = sku.stock;
  return (
    <Table.Tr>
      <Table.Td>
        <ToSku id={sku.id} unbroken />
      </Table.Td>
      <Table.Td>{sku.title}</Table.Td>
      <Table.Td>{unlimited ? 'unlimited' : available}</Table.Td>
      <Table.Td>{reserved}</Table.Td>
      <Table.Td>{sold}</Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{money(sku.price)}</Table.Td>
      <Table.Td>{sku.onSale ? 'yes' : 'no'}</Table.Td>
    </Table.Tr>
  );
}
