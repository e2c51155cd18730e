import { Card, Group, Stack, Title } from '@mantine/core';
import { type GatewayHealth } from '../../../console/contract';
import { When } from '../../kit/when';
import { Facts } from '../parts/facts';
import { Mark } from '../parts/status';
import { To } from '../parts/to';

const CIRCUITS = {
  closed: ['Being asked', 'green'],
  halfOpen: ['Being tried', 'orange'],
  open: ['Not asked: too many without an answer', 'red'],
} as const;

const per = (rate: number | null): string =>
  rate === null
    ? 'nothing was answered'
    : rate.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 });

export function Gateway({ health }: { readonly health: GatewayHealth }) {
  const { gateway, circuit, offerMs, causes, lastAnswerAt, ratePerSecond } = health;
  const [state, color] = circuit === null ? (['No circuit here', 'gray'] as const) : CIRCUITS[circuit];
  return (
    <Card withBorder component="section" aria-label={gateway}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {gateway}
          </Title>
          <Mark name={state} color={color} />
        </Group>
        <Facts
          facts={[
            ['Without an answer', `${per(health.unknownRate)} (${health.unknown} of ${health.answers})`],
            ['Why', causes.length === 0 ? null : causes.map(({ cause, count }) => `${cause} ${count}`).join(', ')],
            ['Refused for good', health.rejected],
            ['Time to a credential', offerMs && `half within ${offerMs.p50} ms, 95 % within ${offerMs.p95} ms`],
            ['Last answer', lastAnswerAt === null ? 'none yet' : <When at={lastAnswerAt} />],
            ['Pace of each process', ratePerSecond === null ? 'no limit' : `${ratePerSecond} a second`],
            ['Open attempts', health.openAttempts],
            ['Closing', <Closing key="closing" health={health} />],
            ['Refunds under way', health.refundsUnderWay],
          ]}
        />
      </Stack>
    </Card>
  );
}

function Closing({ health: { gateway, closing } }: { readonly health: GatewayHealth }) {
  return <To path={`/orders?status=closing&gateway=${gateway}`}>{closing}</To>;
}
