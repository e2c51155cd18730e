import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useParams } from 'react-router';
import { type CaseView } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { useSession } from '../data';
import { Facts } from '../parts/facts';
import { Section } from '../parts/section';
import { ToOrder, ToSku } from '../parts/to';
import { CaseStateMark } from './case-state';
import { useCase, type Verdict } from './data';
import { Settle } from './settle';

export function Case() {
  const { id = '' } = useParams();
  return (
    <Page key={id} title={id}>
      <Answer query={useCase(id)}>{(one) => <CaseContent one={one} />}</Answer>
    </Page>
  );
}

function CaseContent({ one }: { readonly one: CaseView }) {
  const [verdict, settle] = useState<Verdict | null>(null);
  return (
    <Stack gap="xl">
      <CaseFacts one={one} />
      <Section title="What was found">
        <Code block tabIndex={0} role="region" aria-label="What was found">
          {JSON.stringify(one.found, null, 2)}
        </Code>
      </Section>
      <Section title="What it means">
        <Text>{one.meaning}</Text>
      </Section>
      <Section title="What to do">
        <Text>{one.advice}</Text>
        {one.state === 'open' && <Verdicts onChoose={settle} />}
      </Section>
      {verdict && <Settle id={one.id} verdict={verdict} onClose={() => settle(null)} />}
    </Stack>
  );
}

function CaseFacts({ one }: { readonly one: CaseView }) {
  return (
    <Facts
      facts={[
        ['State', <CaseStateMark key="state" state={one.state} />],
        ['Class', one.class],
        ['Finding', one.code.replaceAll('_', ' ')],
        ['About', <Subject key="about" subject={one.subject} />],
        ['Order', one.orderId && <ToOrder id={one.orderId} />],
        ['First seen', <When key="first" at={one.firstSeenAt} />],
        ['Last seen', <When key="last" at={one.lastSeenAt} />],
        ['Settled by', one.resolvedBy],
        ['Settled', one.settledAt && <When at={one.settledAt} />],
        ['Note', one.note],
      ]}
    />
  );
}

function Subject({ subject: { kind, id } }: Pick<CaseView, 'subject'>) {
  return (
    <>
      {kind} {kind === 'sku' ? <ToSku id={id} /> : id}
    </>
  );
}

function Verdicts({ onChoose }: { readonly onChoose: (verdict: Verdict) => void }) {
  const { may } = useSession();
  return (
    <Group>
      <Button disabled={!may.act} onClick={() => onChoose('resolve')}>
        Resolve
      </Button>
      <Button variant="default" disabled={!may.act} onClick={() => onChoose('ignore')}>
        Ignore
      </Button>
    </Group>
  );
}
