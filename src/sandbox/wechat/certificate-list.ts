import { X509Certificate } from 'node:crypto';
import { type Answer } from '../faults/http-faults';
import { type WechatKeys } from './keys';
import { encrypt } from './notification';
import { chinaTime } from './render';

/** `GET /v3/certificates`: the platform certificate, encrypted with the APIv3 key. */
export function certificateList(keys: WechatKeys): Answer {
  const certificate = new X509Certificate(keys.platformCertificate);
  const item = {
    serial_no: keys.platformSerial,
    effective_time: chinaTime(new Date(certificate.validFrom).toISOString()),
    expire_time: chinaTime(new Date(certificate.validTo).toISOString()),
    encrypt_certificate: encrypt(keys.platformCertificate, 'certificate', keys.apiV3Key, null),
  };
  return { status: 200, body: JSON.stringify({ data: [item] }) };
}
