import { Alert, Button, List, Skeleton, Stack, Text } from '@mantine/core';
import { type UseQueryResult } from '@tanstack/react-query';
import { type ReactNode } from 'react';
import { ApiError } from './api';

/** What went wrong, as the service said it, with what to do about it. */
export function Fault({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const problem = error instanceof ApiError ? error.problem : null;
  return (
    <Refusal title={problem?.title ?? 'Something went wrong'} {...(onRetry && { onRetry })}>
      <Text size="sm">{error.message}</Text>
      {problem?.errors && (
        <List size="sm">
          {problem.errors.map(({ path, message }) => (
            <List.Item key={`${path}${message}`}>
              {path}: {message}
            </List.Item>
          ))}
        </List>
      )}
    </Refusal>
  );
}

interface RefusalProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onRetry?: () => void;
}

/** Shown where it went wrong, and announced at once. */
export function Refusal({ title, children, onRetry }: RefusalProps) {
  return (
    <Alert color="red" variant="outline" role="alert" title={title}>
      <Stack gap="xs" align="start">
        {children}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

interface AnswerProps<T> {
  readonly query: UseQueryResult<T>;
  /** Lines that stand in for the answer while it is awaited for the first time. */
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}

/** What a query answered: the last answer stays in sight while it is asked again, and when that fails. */
export function Answer<T>({ query, lines = 6, children }: AnswerProps<T>) {
  const fault = query.error && <Fault error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return fault ?? <Waiting lines={lines} height={28} />;
  return (
    <>
      {fault}
      {children(query.data)}
    </>
  );
}

/** The shape of what is about to be there, `height` pixels a line. */
export function Waiting({ lines = 3, height = 72 }: { readonly lines?: number; readonly height?: number }) {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={height} />
      ))}
    </Stack>
  );
}
