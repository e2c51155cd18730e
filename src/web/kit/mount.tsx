import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { createTheme, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api';
import { readableColors } from './contrast';

/** Shade 9 is the lightest teal on which white text reads well (5:1), in either scheme. */
const theme = createTheme({ primaryColor: 'teal', primaryShade: 9, autoContrast: true, respectReducedMotion: true });

/** A refusal stays one however often it is repeated; only what was not answered is asked again. */
const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
      staleTime: 1_000,
      // The service may be on this very machine: a browser that is off line reaches it all the same.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

/** Puts a page into its document. Styles carry the nonce that the server gave this answer. */
export function mount(page: ReactNode): void {
  const root = document.getElementById('root');
  if (!root) throw new Error('the document has no element with the id root');
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
  // Where the scroll lock of dialogs looks for the nonce of its style.
  Object.assign(globalThis, { __webpack_nonce__: nonce });
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        cssVariablesResolver={readableColors}
        getStyleNonce={() => nonce}
      >
        <Notifications position="top-right" />
        <QueryClientProvider client={queryClient}>{page}</QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
