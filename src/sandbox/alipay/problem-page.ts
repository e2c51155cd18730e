import { type Answer, type WireAnswer } from '../faults/http-faults';

/** The page that a buyer's browser gets in place of the cashier: what the gateway refused, and nothing to press. */
export function problemPage(answer: Answer): WireAnswer {
  const body = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Sandbox cashier</title></head><body><h1>Sandbox cashier</h1>
<p data-state="refused">This payment could not be opened.</p><pre>${escape(answer.body)}</pre></body></html>`;
  return {
    status: answer.status,
    body,
    headers: {
      'Content-Type': 'text/html;charset=utf-8',
      'Content-Security-Policy': "default-src 'none'; base-uri 'none'",
    },
  };
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
