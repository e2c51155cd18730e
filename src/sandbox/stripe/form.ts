import { createHash } from 'node:crypto';
import { StripeRefusal } from './errors';

/** A form's value: text, or brackets' content. Arrays arrive as objects with the keys 0, 1, 2 … */
export type FormValue = string | FormObject;
export interface FormObject {
  readonly [key: string]: FormValue;
}
interface MutableForm {
  [key: string]: string | MutableForm;
}

/** Deeper than anything that Stripe's API nests. */
const DEEPEST = 8;

/** Parses `a[b][0]=c` (a form body or a query string). `a[]=x` counts up. @throws StripeRefusal on contradicting names */
export function parseForm(text: string): FormObject {
  const root = fresh();
  for (const [name, value] of new URLSearchParams(text)) {
    const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
    if (!match) throw StripeRefusal.param(name, `Invalid parameter name: ${name}`);
    const inner = [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map((part) => part[1] ?? '');
    put(root, [match[1] ?? '', ...inner], value, name);
  }
  return root;
}

function put(root: MutableForm, path: readonly string[], value: string, name: string): void {
  if (path.length > DEEPEST) throw StripeRefusal.param(name, `Invalid parameter name: ${name}`);
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = (at[key] ??= fresh());
    if (typeof next === 'string') throw StripeRefusal.param(name, `Invalid hash: ${name}`);
    at = next;
  }
  const last = path.at(-1) ?? '';
  const key = last === '' ? String(Object.keys(at).length) : last;
  if (typeof at[key] === 'object') throw StripeRefusal.param(name, `Invalid string: ${name}`);
  at[key] = value;
}

/** Without a prototype: names come from outside. */
function fresh(): MutableForm {
  return Object.create(null) as MutableForm;
}

/** Equal for requests that say the same, whatever the order of their parameters. */
export function fingerprintOf(path: string, form: FormObject): string {
  return createHash('sha256')
    .update(`${path}\n${canonical(form)}`)
    .digest('hex');
}

function canonical(value: FormValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}
