import { validationFailed } from '../domain/errors';
import { type z } from './schemas/zod';

/** Errors named in one answer: enough to mend a request by, few enough that a hostile one is not answered in megabytes. */
const MAX_ERRORS = 50;
/** A path may hold a key that the client made up; this much of it is enough to find it. */
const MAX_PATH = 120;

/** Messages for fields that the schema does not have, by name: why they are not accepted, where that helps. */
export type NotAccepted = Readonly<Record<string, string>>;

/** Parses by the schema or throws `validation_failed` with every path and what is wrong there; values are not repeated. */
export function validate<S extends z.ZodType>(schema: S, value: unknown, notAccepted: NotAccepted = {}): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => errorsOf(issue, notAccepted)).slice(0, MAX_ERRORS);
  throw validationFailed(errors);
}

interface FieldError {
  readonly path: string;
  readonly message: string;
}

function errorsOf(issue: z.core.$ZodIssue, notAccepted: NotAccepted): FieldError[] {
  const meant = issue.code === 'invalid_union' ? branchMeant(issue.errors) : undefined;
  if (meant) {
    return meant.flatMap((inner) => errorsOf({ ...inner, path: [...issue.path, ...inner.path] }, notAccepted));
  }
  if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({
    path: pathOf([...issue.path, key]),
    message: (issue.path.length === 0 && Object.hasOwn(notAccepted, key) && notAccepted[key]) || 'is not a known field',
  }));
}

/** Of the ways in which a value could have fitted, the one whose kind of value it is: what is wrong is within it. */
function branchMeant(branches: readonly (readonly z.core.$ZodIssue[])[]) {
  return branches.find((issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'));
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.').slice(0, MAX_PATH);
}
