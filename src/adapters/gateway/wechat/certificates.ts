import { X509Certificate, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { type Clock } from '../../../ports/clock';
import { open } from './cipher';
import { isStrongRsa, sameSerial } from './config';
import { type HttpDeps, receive } from './http';
import { createVerifier } from './verifier';

/** A platform certificate's key, and until when it signs. */
export interface LearntCertificate {
  /** As the provider spells it: upper-case hexadecimal. */
  readonly serial: string;
  readonly key: KeyObject;
  readonly validUntilMs: number;
}

export interface CertificatesDeps {
  readonly http: HttpDeps;
  readonly apiV3Key: Buffer;
  /** The keys that are trusted already, by serial. */
  readonly trusted: { get(serial: string): KeyObject | undefined };
  readonly now: Clock;
}

const listBody = z.object({
  data: z
    .array(
      z.object({
        serial_no: z.string().min(1),
        encrypt_certificate: z.object({
          algorithm: z.literal('AEAD_AES_256_GCM'),
          nonce: z.string(),
          associated_data: z.string().default(''),
          ciphertext: z.string(),
        }),
      }),
    )
    .min(1),
});
type Item = z.infer<typeof listBody>['data'][number];

/**
 * Downloads the platform certificates (`GET /v3/certificates`). Answers them, or why the list isn't believed; rejects
 * where there was no answer. A list is believed when all of this holds:
 * 1. every certificate in it opens with the APIv3 key, which nobody but the merchant and WeChat Pay has (the GCM tag is
 *    the proof of origin, also at the first download, when there is no certificate yet);
 * 2. every one is an X.509 certificate of an RSA key of at least 2048 bits, bears the serial it is listed under and isn't over;
 * 3. the answer's signature verifies, ±300 s, under a serial that is trusted already or under one of the list itself,
 *    so that an older list can't be played back.
 * One item that fails spoils the list: half a list is somebody's work.
 * Source: WeChat Pay v3, "Get the platform certificates".
 */
export async function downloadCertificates(
  { http, apiV3Key, trusted, now }: CertificatesDeps,
  signal: AbortSignal,
): Promise<readonly LearntCertificate[] | string> {
  // No serial is asked for: the one that would be named may be the one that has gone.
  const received = await receive(
    { ...http, preferredSerial: null },
    { method: 'GET', target: '/v3/certificates', signal },
  );
  if (received.t === 'failure') throw new Error(`no answer: ${received.cause}`);
  if (received.status !== 200) return `status ${received.status}`;
  const list = listBody.safeParse(parseJson(received.body));
  if (!list.success) return 'unreadable list';
  const learnt = list.data.data.map((item) => read(item, apiV3Key, now()));
  const failure = learnt.find((each) => typeof each === 'string');
  if (failure !== undefined) return failure;
  const certificates = learnt.filter((each) => typeof each !== 'string');
  const listed = new Map(certificates.map(({ serial, key }) => [serial, key]));
  const verify = createVerifier({ get: (serial) => trusted.get(serial) ?? listed.get(serial) }, now);
  return verify(received.header, received.body) ?? certificates;
}

function read({ serial_no: serial, encrypt_certificate: sealed }: Item, key: Buffer, nowMs: number) {
  const { ciphertext, nonce, associated_data: associatedData } = sealed;
  const plain = open({ ciphertext, nonce, associatedData }, key);
  if (!plain) return 'tampered certificate';
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(plain);
  } catch {
    return 'unreadable certificate';
  }
  if (!sameSerial(certificate.serialNumber, serial)) return 'another serial than listed';
  if (!isStrongRsa(certificate.publicKey)) return 'weak key';
  const validUntilMs = Date.parse(certificate.validTo);
  // NaN compares false: a date that can't be read is over.
  return nowMs <= validUntilMs ? { serial, key: certificate.publicKey, validUntilMs } : 'expired certificate';
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
