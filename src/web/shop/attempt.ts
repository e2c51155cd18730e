import { useRef } from 'react';

function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The idempotency key of a checkout: one key for as long as what is ordered stays the same, so that a buyer who presses
 * again after no answer gets the order that there is. A refusal ends it: the API repeats a refusal to its key.
 */
export function useAttempt(): { readonly keyFor: (order: unknown) => string; readonly end: () => void } {
  const attempt = useRef<{ order: string; key: string } | null>(null);
  return {
    keyFor: (order) => {
      const text = JSON.stringify(order);
      if (attempt.current?.order !== text) attempt.current = { order: text, key: newKey() };
      return attempt.current.key;
    },
    end: () => {
      attempt.current = null;
    },
  };
}
