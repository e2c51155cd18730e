import { createPrivateKey } from 'node:crypto';
import { authorization, type SignedRequest } from '../../../src/adapters/gateway/wechat/signer';
import vectors from './fixtures/vectors.json';

const signer = {
  mchid: '1900009191',
  merchantSerial: vectors.certificateSerial,
  merchantKey: createPrivateKey(vectors.privateKey),
};

/** The header's fields by name. */
function fieldsOf(header: string): Record<string, string> {
  return Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1], match[2]]));
}

describe('authorization', () => {
  test.each(vectors.requests)('$method is signed as openssl signs it, UTF-8 body or none', (request) => {
    const header = authorization(signer, request as SignedRequest);
    expect(header).toMatch(/^WECHATPAY2-SHA256-RSA2048 \w+="/);
    expect(fieldsOf(header)).toEqual({
      mchid: '1900009191',
      nonce_str: request.nonce,
      timestamp: String(request.timestamp),
      serial_no: vectors.certificateSerial,
      signature: request.signature,
    });
  });

  test('every part of the request changes the signature', () => {
    const request = vectors.requests[0] as SignedRequest;
    const changes: Partial<SignedRequest>[] = [
      { method: 'GET' },
      { target: `${request.target}?` },
      { timestamp: request.timestamp + 1 },
      { nonce: `${request.nonce}0` },
      { body: `${request.body} ` },
    ];
    const signatures = [{}, ...changes].map(
      (change) => fieldsOf(authorization(signer, { ...request, ...change }))['signature'],
    );
    expect(new Set(signatures).size).toBe(changes.length + 1);
  });
});
