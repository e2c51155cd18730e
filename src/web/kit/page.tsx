import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';

/** The router's key of the location that the document was loaded with. */
const DOCUMENT_LOADED = 'default';

interface PageProps {
  readonly title: string;
  /** Beside the heading: what the page as a whole can do. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/**
 * A page with its heading: names the document, and takes the focus there when it was navigated to, from its top, as loading it
 * would. Going back stays with the browser, which remembers how far one had scrolled.
 */
export function Page({ title, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [site] = document.title.split(' · ').slice(-1);
  useEffect(() => {
    document.title = `${title} · ${site ?? ''}`;
  }, [title, site]);
  const arrival = useRef({ key: useLocation().key, by: useNavigationType() });
  useEffect(() => {
    const { key, by } = arrival.current;
    if (key === DOCUMENT_LOADED) return;
    if (by !== NavigationType.Pop) window.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="start">
        <Title order={1} size="h2" ref={heading} tabIndex={-1} style={{ outline: 'none', overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
