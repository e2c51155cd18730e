import { Button, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';

/** Changes between light and dark; until it is used, the device's own preference holds. */
export function ColorScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light') === 'light' ? 'dark' : 'light';
  return (
    <Button size="xs" variant="default" onClick={() => setColorScheme(other)} aria-label={`Switch to ${other} colours`}>
      {other === 'dark' ? 'Dark' : 'Light'}
    </Button>
  );
}
