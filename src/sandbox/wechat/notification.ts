import { createCipheriv, randomBytes } from 'node:crypto';
import { cutInHalf, HTML_BODY } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type OutgoingRequest } from '../gateway';
import { type Notification, type Payment } from '../state/types';
import { type WechatSecrets } from './keys';
import { chinaTime, transaction } from './render';
import { refundNotice } from './refund-notice';
import { signatureHeaders } from './sign-answer';

/** AEAD_AES_256_GCM as WeChat uses it: a 12-character nonce, the tag as the last 16 bytes of the ciphertext. */
const NONCE_HEX_BYTES = 6;

/**
 * A notification for one delivery. The `id` is the event's and stays; signature, nonces and timestamp are of this
 * delivery. Signed under the serial that the payment's create request named.
 */
export function renderNotification(
  notification: Notification,
  payment: Payment,
  secrets: WechatSecrets,
  nowMs: number,
  fault: Fault | null,
): OutgoingRequest {
  const whole = JSON.stringify(envelope(notification, payment, secrets, fault));
  const serial = payment.wire['serial'] ?? secrets.stored.platformPublicKeyId;
  const signature = signatureHeaders(whole, serial, secrets, nowMs, fault);
  return {
    headers: { 'Content-Type': 'application/json', Accept: '*/*', 'User-Agent': 'Mozilla/4.0', ...signature },
    body: spoilt(whole, fault),
  };
}

function envelope(
  notification: Notification,
  payment: Payment,
  secrets: WechatSecrets,
  fault: Fault | null,
): Record<string, unknown> {
  const refund = payment.refunds.find((candidate) => candidate.refundNo === notification.refundNo);
  const isRefund = notification.kind === 'refunded' && refund !== undefined;
  const content = isRefund ? refundNotice(payment, refund) : transaction(payment, 'SUCCESS', fault);
  const kind = isRefund ? 'refund' : 'transaction';
  return {
    id: notification.id,
    create_time: chinaTime(notification.createdAt),
    resource_type: 'encrypt-resource',
    event_type: isRefund ? `REFUND.${refund.status}` : 'TRANSACTION.SUCCESS',
    summary: isRefund ? 'refund settled' : 'payment succeeded',
    resource: { original_type: kind, ...encrypt(JSON.stringify(content), kind, secrets.stored.apiV3Key, fault) },
  };
}

/** Encrypts a resource: `{algorithm, ciphertext (base64, tag last), associated_data, nonce}`. */
export function encrypt(
  plaintext: string,
  associatedData: string,
  apiV3Key: string,
  fault: Fault | null,
): Record<string, string> {
  const nonce = randomBytes(NONCE_HEX_BYTES).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(apiV3Key), Buffer.from(nonce));
  cipher.setAAD(Buffer.from(associatedData));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  // One flipped bit under a valid signature: only a client that checks the tag notices.
  if (fault?.name === 'tampered_cipher') ciphertext[0] = (ciphertext[0] ?? 0) ^ 1;
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: ciphertext.toString('base64'),
    associated_data: associatedData,
    nonce,
  };
}

function spoilt(body: string, fault: Fault | null): string {
  if (fault?.name === 'html_body') return HTML_BODY;
  return fault?.name === 'truncated_body' ? cutInHalf(body) : body;
}
