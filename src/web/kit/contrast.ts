import { type CSSVariablesResolver } from '@mantine/core';

/** A shade below the theme's darkest teal. */
const DEEP_TEAL = '#066649';

/** Filled buttons under the pointer. */
const HOVER = { '--mantine-color-teal-filled-hover': DEEP_TEAL, '--mantine-primary-color-filled-hover': DEEP_TEAL };

/** The library's defaults for secondary text and errors fall short of WCAG AA's 4.5:1 on its own backgrounds. */
export const readableColors: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...HOVER,
    // Links are read on a table's row under the pointer, too, which is not quite white.
    '--mantine-color-anchor': DEEP_TEAL,
    '--mantine-color-dimmed': 'var(--mantine-color-gray-7)',
    '--mantine-color-placeholder': 'var(--mantine-color-gray-7)',
    '--mantine-color-error': 'var(--mantine-color-red-9)',
  },
  dark: {
    ...HOVER,
    '--mantine-color-dimmed': 'var(--mantine-color-dark-1)',
    '--mantine-color-placeholder': 'var(--mantine-color-dark-1)',
    '--mantine-color-error': 'var(--mantine-color-red-4)',
  },
});
