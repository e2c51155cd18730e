import { Button, Card, SimpleGrid, Stack, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { type OrderPage, type PossibleAction } from '../../../console/contract';
import { type ActionKind } from '../../../domain/operator-action';
import { Section } from '../parts/section';
import { ACTION_NAMES } from '../parts/action-names';
import { Act } from './act';

/** What may be done now, and of the rest why not. */
export function Actions({ page }: { readonly page: OrderPage }) {
  const [chosen, choose] = useState<ActionKind | null>(null);
  const possibleFirst = page.possible.toSorted((one, other) => Number(other.allowed) - Number(one.allowed));
  return (
    <Section title="What you can do">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, xl: 4 }} spacing="sm">
        {possibleFirst.map((possible) => (
          <Choice key={possible.kind} possible={possible} onChoose={() => choose(possible.kind)} />
        ))}
      </SimpleGrid>
      {chosen && <Act page={page} kind={chosen} onClose={() => choose(null)} />}
    </Section>
  );
}

function Choice({ possible, onChoose }: { readonly possible: PossibleAction; readonly onChoose: () => void }) {
  const { kind, allowed, effect, whyNot, needsApproval } = possible;
  const id = useId();
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Button variant={allowed ? 'filled' : 'default'} disabled={!allowed} onClick={onChoose} aria-describedby={id}>
          {ACTION_NAMES[kind]}
        </Button>
        <Text size="sm" id={id}>
          {allowed ? effect : `Not now: ${whyNot ?? effect}`}
          {allowed && needsApproval && ' A second person may have to approve it.'}
        </Text>
      </Stack>
    </Card>
  );
}
