import { notifications } from '@mantine/notifications';

/** Says what came of an action whose form has gone: shown for a while over the page, and announced. */
export function tell(message: string): void {
  notifications.show({ message, color: 'teal', withBorder: true, closeButtonProps: { 'aria-label': 'Dismiss' } });
}
