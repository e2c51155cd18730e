import { Alert, List, Stack, Text } from '@mantine/core';
import { type OrderPage } from '../../../console/contract';
import { Sentence } from '../../kit/sentence';
import { When } from '../../kit/when';

const TONES = {
  done: ['Settled', 'gray'],
  waiting: ['Waiting, as it should', 'blue'],
  attention: ['Slower than it should be', 'orange'],
  person: ['Waits for a person', 'red'],
} as const;

/** Why the order is where it is, and what happens next. */
export function Why({ explanation, manual }: Pick<OrderPage, 'explanation' | 'manual'>) {
  const [title, color] = TONES[explanation.tone];
  return (
    <Alert
      variant="outline"
      color={color}
      role="note"
      title={
        <Text fw={700} c="var(--mantine-color-text)">
          {title}
        </Text>
      }
    >
      <Stack gap="xs">
        <Text fw={600}>
          <Sentence text={explanation.headline} />
        </Text>
        <Text>
          <Sentence text={explanation.next} />
        </Text>
        {explanation.details.length > 0 && (
          <List size="sm">
            {explanation.details.map((detail) => (
              <List.Item key={detail}>
                <Sentence text={detail} />
              </List.Item>
            ))}
          </List>
        )}
        {manual && (
          <Text size="sm">
            Handled by hand by {manual.by}, since <When at={manual.since} />: {manual.reason}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
