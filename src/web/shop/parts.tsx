import { Anchor, Card, Group, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { type Money } from '../../domain/money';
import { Refusal } from '../kit/answer';
import { money } from '../kit/format';
import { inWords } from './words';

/** What went wrong in the buyer's words, with another try where that may help. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  return (
    <Refusal title="That did not work" {...(again && { onRetry: again })}>
      <Text size="sm">{inWords(error)}</Text>
    </Refusal>
  );
}

export function Empty({ text, to, action }: { text: string; to: string; action: string }) {
  return (
    <Card withBorder padding="xl">
      <Stack align="center">
        <Text>{text}</Text>
        <Anchor component={Link} to={to} underline="always">
          {action}
        </Anchor>
      </Stack>
    </Card>
  );
}

/** The price; with an offer, the price before it as well. */
export function Price({ full, now, size = 'md' }: { full: Money; now?: Money | undefined; size?: string }) {
  const lower = now && now.minor < full.minor ? now : null;
  return (
    <Group gap="xs">
      <Text component="span" fw={700} fz={size}>
        {money(lower ?? full)}
      </Text>
      {lower && (
        <Text component="del" td="line-through" size="sm" aria-label={`before: ${money(full)}`}>
          {money(full)}
        </Text>
      )}
    </Group>
  );
}
