import { type IncomingMessage, type ServerResponse } from 'node:http';
import express from 'express';
import { HoldfastError } from '../domain/errors';

/** Reads a request's body whole, up to a limit; an empty buffer where there is none. */
export type ReadBody = (req: IncomingMessage, res: ServerResponse) => Promise<Buffer>;

/**
 * Makes a reader of raw bytes. Over `limitBytes` (after inflating) it throws `body_too_large`. With `inflate: false`
 * a compressed body is refused: signatures are over the bytes as they were sent.
 */
export function bodyReader(limitBytes: number, { inflate }: { readonly inflate: boolean }): ReadBody {
  const read = express.raw({ type: () => true, limit: limitBytes, inflate });
  return async (req, res) => {
    await new Promise<void>((resolve, reject) => {
      read(req, res, (error?: unknown) => (error == null ? resolve() : reject(bodyError(error))));
    });
    const { body } = req as { readonly body?: unknown };
    return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  };
}

/** What body-parser says, in the product's codes: `type` and `status` are its contract (http-errors). */
function bodyError(error: unknown): HoldfastError {
  const { status, type } = error as { readonly status?: unknown; readonly type?: unknown };
  if (type === 'entity.too.large') return new HoldfastError('body_too_large');
  if (status === 415) return new HoldfastError('unsupported_media_type', 'this content encoding is not accepted');
  return new HoldfastError('malformed_json', 'the body ended early or is not encoded as its headers say');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses a JSON body: undefined where there is none. Throws `unsupported_media_type` unless it was sent as
 * application/json in UTF-8, and `malformed_json` for bytes that are not UTF-8 or text that is not JSON.
 */
export function parseJson(body: Buffer, contentType: string | undefined): unknown {
  if (body.length === 0) return undefined;
  sentAs('application/json', contentType);
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new HoldfastError('malformed_json');
  }
}

/**
 * The text of a CSV body. Throws `unsupported_media_type` unless it was sent as text/csv in UTF-8, and `malformed_csv` for
 * bytes that are not UTF-8.
 */
export function csvText(body: Buffer, contentType: string | undefined): string {
  sentAs('text/csv', contentType);
  try {
    return utf8.decode(body);
  } catch {
    throw new HoldfastError('malformed_csv', 'the body is not UTF-8');
  }
}

function sentAs(mediaType: string, contentType: string | undefined): void {
  const [type, ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const utf8Only = parameters.every((parameter) => /^ *charset="?utf-8"? *$/.test(parameter));
  if (type?.trimEnd() === mediaType && parameters.length <= 1 && utf8Only) return;
  throw new HoldfastError('unsupported_media_type', `send the body as ${mediaType} in UTF-8`);
}
