import { FORM_LIMITS } from '../../../domain/buyer-fields';

export const TEXT_FAULT =
  `must be text of 1 to ${FORM_LIMITS.text} characters that is not blank and holds no control characters, ` +
  `a number, a boolean, or a list of at most ${FORM_LIMITS.items} of those`;

/** Text that a label printer and a page can show: no control characters, no lone surrogates, not only white space. */
function isText(text: string): boolean {
  return text.length <= FORM_LIMITS.text && /\S/.test(text) && !/[\p{Cc}\p{Cs}]/u.test(text);
}

/** Whether a value is small enough to be judged at all. Of a nested one only the outermost list may be one. */
export function withinBounds(value: unknown): boolean {
  if (Array.isArray(value)) return value.length <= FORM_LIMITS.items && value.every(isScalar);
  return isScalar(value);
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return isText(value);
  return typeof value === 'number' || typeof value === 'boolean' || value === null;
}
