import { type IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, HoldfastError } from '../domain/errors';
import { type ApiKey, type Scope } from '../domain/access';
import { type Logger } from '../ports/logger';
import { parseJson } from './body';
import { idSchema } from './schemas/common';
import { type z } from './schemas/zod';
import { type NotAccepted, validate } from './validation';

/** What came in, before any of it is believed. */
export interface RawCall {
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Every value of the header, one per line that was sent. */
  readonly idempotencyKeys: readonly string[];
  readonly body: Buffer;
  readonly client: ApiKey;
  readonly log: Logger;
}

/** The same, validated: what handlers work with. */
export interface Call<Q, B> extends Omit<RawCall, 'query' | 'body'> {
  readonly query: Q;
  readonly body: B;
}

/** What goes out. Objects are sent as JSON; text as it is, under `contentType`. */
export interface Answer {
  readonly status: number;
  readonly body: object | string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One response of the contract. */
export interface AnswerSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** application/json unless given. */
  readonly contentType?: string;
  /** Response headers by name, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Contract {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As in OpenAPI: `/v1/orders/{id}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** The key needs one of these scopes; `public` needs no key. */
  readonly access: readonly Scope[] | 'public';
  /** Codes beyond those that `access`, the body and the query bring along. */
  readonly errors: readonly ErrorCode[];
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  readonly idempotencyKey?: 'optional' | 'required';
  /** The code for an id in the path that cannot be one: nothing can be there, so nobody is asked. */
  readonly unknownId?: ErrorCode;
  /** What an id in the path looks like, where it is not what ids commonly are. */
  readonly idSchema?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: BodySpec;
}

/** Bodies that the handler takes as the bytes that came, by the media type they are sent as. */
export const RAW_BODIES = { notification: '*/*', csv: 'text/csv' } as const;
export type RawBody = keyof typeof RAW_BODIES;

export type BodySpec = { readonly raw: RawBody } | JsonBody;

interface JsonBody {
  readonly raw?: false;
  readonly schema: z.ZodType;
  /** No body at all counts as `{}`. */
  readonly optional?: boolean;
  readonly notAccepted?: NotAccepted;
}

/** A route: its contract, of which validation and OpenAPI are made, and what answers it. */
export interface Endpoint extends Contract {
  handle(call: RawCall): Promise<Answer>;
}

interface Spec<Q extends z.ZodType, B extends z.ZodType> extends Omit<Contract, 'query' | 'body'> {
  readonly query?: Q;
  readonly body?: JsonBody & { readonly schema: B };
  handle(call: Call<z.output<Q>, z.output<B>>): Promise<Answer>;
}

/** Makes an endpoint whose handler is called only with what its schemas accepted. */
export function endpoint<Q extends z.ZodType, B extends z.ZodType>(spec: Spec<Q, B>): Endpoint {
  return {
    ...spec,
    handle: (call) => {
      checkIds(call.params, spec);
      const query = spec.query && validate(spec.query, call.query);
      const body = spec.body && readJson(spec.body, call);
      return spec.handle({ ...call, query: query as z.output<Q>, body: body as z.output<B> });
    },
  };
}

/** Makes an endpoint that takes its body as bytes and checks it, and its query, itself. */
export function rawEndpoint(raw: RawBody, spec: Omit<Contract, 'body'> & Pick<Endpoint, 'handle'>): Endpoint {
  return { ...spec, body: { raw } };
}

function checkIds(params: RawCall['params'], { unknownId, idSchema: schema = idSchema }: IdContract): void {
  if (unknownId && !Object.values(params).every((id) => schema.safeParse(id).success))
    throw new HoldfastError(unknownId);
}

type IdContract = Pick<Contract, 'unknownId' | 'idSchema'>;

function readJson<B extends z.ZodType>(spec: JsonBody & { readonly schema: B }, call: RawCall): z.output<B> {
  const value = parseJson(call.body, call.headers['content-type']);
  if (value === undefined && !spec.optional) throw new HoldfastError('malformed_json', 'the body is empty');
  return validate(spec.schema, value === undefined ? {} : value, spec.notAccepted);
}

/** Every code that an endpoint may answer with, those of its access, query and body included. */
export function errorCodesOf(each: Contract): ErrorCode[] {
  const codes: ErrorCode[] = [...each.errors, 'internal', 'not_ready'];
  if (each.access !== 'public') codes.push('unauthenticated', 'forbidden');
  if (each.body) codes.push('body_too_large', 'unsupported_media_type');
  if (each.body && !each.body.raw) codes.push('malformed_json', 'validation_failed');
  if (each.query) codes.push('validation_failed');
  if (each.idempotencyKey) codes.push('invalid_idempotency_key', 'idempotency_key_reused', 'request_in_progress');
  if (each.idempotencyKey === 'required') codes.push('idempotency_key_required');
  if (each.unknownId) codes.push(each.unknownId);
  return [...new Set(codes)].sort();
}
