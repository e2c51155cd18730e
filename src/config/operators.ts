import { type Actor, type Role, ROLES } from '../domain/access';
import { digestOf } from './api-keys';

/** Shorter keys could be guessed; development and tests use readable ones. */
const SHORTEST_PRODUCTION_KEY = 24;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u;

/** A person of the operations: who they are, and the SHA-256 of their key in hex. */
export interface Operator {
  readonly actor: Actor;
  readonly digest: string;
}

/** Reads `name:key=role+role;…`. What is wrong goes to `faults`, an entry each, and never repeats a key. */
export function parseOperators(value: string, production: boolean, faults: string[]): Operator[] {
  const operators: Operator[] = [];
  const entries = value.split(';').map((entry) => entry.trim());
  entries
    .filter((entry) => entry !== '')
    .forEach((entry, index) => {
      const where = `OPERATORS: entry ${index + 1}`;
      const operator = parseEntry(entry, where, production, faults);
      if (!operator) return;
      if (operators.some(({ actor }) => actor.id === operator.actor.id)) faults.push(`${where} has an earlier name`);
      else if (operators.some(({ digest }) => digest === operator.digest)) faults.push(`${where} has an earlier key`);
      else operators.push(operator);
    });
  return operators;
}

function parseEntry(entry: string, where: string, production: boolean, faults: string[]): Operator | null {
  const [, name = '', key = '', list = ''] = /^([^:=]+):([^:=\s]+)=([a-z+ ]+)$/.exec(entry) ?? [];
  const roles = list.split('+').map((role) => role.trim());
  if (name === '') faults.push(`${where} is not of the form name:key=role+role`);
  else if (!NAME.test(name)) faults.push(`${where}: a name has 1 to 64 letters, digits, blanks and . _ -`);
  else if (production && key.length < SHORTEST_PRODUCTION_KEY)
    faults.push(`${where}: a key has at least ${SHORTEST_PRODUCTION_KEY} characters in production`);
  else if (!roles.every(isRole)) faults.push(`${where}: a role is not one of ${ROLES.join(', ')}`);
  else
    return {
      actor: { id: `op_${name.toLowerCase().replace(/\s+/g, '_')}`, name, roles: whole(roles) },
      digest: digestOf(key),
    };
  return null;
}

const isRole = (role: string): role is Role => (ROLES as readonly string[]).includes(role);

/** Whoever acts or approves may look. */
function whole(roles: readonly Role[]): Role[] {
  return ROLES.filter((role) => role === 'viewer' || roles.includes(role));
}
