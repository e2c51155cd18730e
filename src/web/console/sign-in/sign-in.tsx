import { Button, Card, Container, PasswordInput, Stack, Text } from '@mantine/core';
import { type SubmitEvent, useState } from 'react';
import { Fault } from '../../kit/answer';
import { Page } from '../../kit/page';
import { useSignIn } from './data';

/** The key goes to the server once and is kept nowhere in the page. */
export function SignIn() {
  const [key, setKey] = useState('');
  const signIn = useSignIn();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    signIn.mutate(key, { onError: () => setKey('') });
  };
  return (
    <Container component="main" size="xs" py="xl">
      <Page title="Sign in">
        <Card withBorder>
          <form onSubmit={submit}>
            <Stack>
              <Text size="sm">With the key that was given to you as an operator.</Text>
              <PasswordInput
                label="Operator key"
                name="key"
                autoComplete="current-password"
                required
                autoFocus
                value={key}
                onChange={(event) => setKey(event.currentTarget.value)}
              />
              {signIn.error && <Fault error={signIn.error} />}
              <Button type="submit" loading={signIn.isPending}>
                Sign in
              </Button>
            </Stack>
          </form>
        </Card>
      </Page>
    </Container>
  );
}
