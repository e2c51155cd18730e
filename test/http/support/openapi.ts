import { type RequestListener } from 'node:http';
import request from 'supertest';

/** What the tests read of an OpenAPI document. */
export interface Operation {
  readonly security: unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Record<
    string,
    { content?: Record<string, { schema: object }>; headers?: Record<string, unknown> }
  >;
}

export interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object>; readonly securitySchemes: object };
}

export async function documentOf({ app }: { readonly app: RequestListener }): Promise<Document> {
  return (await request(app).get('/openapi.json')).body;
}

/** The error codes that an operation says it may answer with. */
export function codesIn(operation: Operation | undefined): string[] {
  return Object.values(operation?.responses ?? {}).flatMap(({ content }) => {
    const schema = content?.['application/problem+json']?.schema as {
      allOf?: { properties?: { code?: { enum: string[] } } }[];
    };
    return schema?.allOf?.flatMap(({ properties }) => properties?.code?.enum ?? []) ?? [];
  });
}

/** The operation that a request goes to, or undefined where there is none. */
export function operationOf({ paths }: Document, method: string, path: string): Operation | undefined {
  const address = path.split('?', 1)[0] ?? '';
  const template = Object.keys(paths).find((each) =>
    new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(address),
  );
  return template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
}
