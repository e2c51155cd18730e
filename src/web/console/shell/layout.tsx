import { AppShell, Burger, Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import { useLocation } from 'react-router';
import { SkipLink } from '../../kit/skip-link';
import { useSession } from '../data';
import { useSignOut } from '../sign-in/data';
import { ColorScheme } from './color-scheme';
import { Navigation } from './navigation';

const CONTENT = 'content';

/** What is around every page. On a narrow screen the navigation opens by its button, and closes once it led somewhere. */
export function Layout({ children }: { readonly children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <>
      <SkipLink to={CONTENT} />
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding="md"
      >
        <AppShell.Header>
          <Group h="100%" px="md" justify="space-between" wrap="nowrap">
            <Group gap="sm" wrap="nowrap">
              <Burger
                opened={opened}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label="Navigation"
                aria-expanded={opened}
              />
              <Text fw={700}>Holdfast</Text>
            </Group>
            <Who />
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label="Console">
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main id={CONTENT} tabIndex={-1} style={{ outline: 'none' }}>
          {children}
        </AppShell.Main>
      </AppShell>
    </>
  );
}

function Who() {
  const { actor } = useSession();
  const signOut = useSignOut();
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" truncate maw={160} visibleFrom="xs" title={actor.roles.join(', ')}>
        {actor.name}
      </Text>
      <ColorScheme />
      <Button size="xs" variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out
      </Button>
    </Group>
  );
}
