import { type Router } from 'express';
import { type Core } from '../core';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type Gateway } from '../gateway';
import { Payments } from '../state/payments';
import { type Payment } from '../state/types';
import { type WechatCommand, type WechatDesk } from './desk';
import { type RefundBody } from './fields';
import { type WechatKeys, parseSecrets } from './keys';
import { renderNotification } from './notification';
import { WechatRefunds } from './refunds';
import { wechatRoutes } from './routes';
import { WechatTrade } from './trade';

/** WeChat Pay v3 on the sandbox's core. */
export function createWechatGateway(core: Core, keys: WechatKeys): Gateway {
  const secrets = parseSecrets(keys);
  const payments = new Payments(core.store, core.clock);
  const trade = new WechatTrade(payments, core.clock);
  const findPayment = (body: RefundBody): Payment | null =>
    body.out_trade_no !== undefined
      ? payments.get('wechat', body.out_trade_no)
      : (core.store.allPayments().find((payment) => payment.paid?.transactionId === body.transaction_id) ?? null);
  const refunds = new WechatRefunds(payments, findPayment, (refundNo, status, fault) =>
    core.deferrals.defer('wechat', { op: 'settleRefund', refundNo, status } satisfies WechatCommand, fault),
  );
  const execute = executor(payments, trade, refunds);
  const desk: WechatDesk = {
    core,
    secrets,
    execute,
    merchantNoOfRefund: (refundNo) => payments.findRefund('wechat', refundNo)?.payment.merchantNo ?? refundNo,
    merchantNoOf: (body) => findPayment(body)?.merchantNo ?? body.out_trade_no ?? '',
  };
  return {
    name: 'wechat',
    routes: (): Router => wechatRoutes(desk),
    credentials: (origin) => credentials(keys, origin),
    buyerPays: (merchantNo, amount) => trade.buyerPays(merchantNo, amount),
    buyerScans: (merchantNo) => payments.get('wechat', merchantNo) !== null,
    resolveCode: (code) =>
      core.store.allPayments().find((payment) => payment.wire['credential'] === code)?.merchantNo ?? null,
    renderNotification: (notification, payment, fault) =>
      renderNotification(notification, payment, secrets, core.clock.nowMs(), fault),
    isAcknowledgement: (status) => status === 200 || status === 204,
    executeDeferred: (command) => void execute(command as WechatCommand, null),
  };
}

function executor(
  payments: Payments,
  trade: WechatTrade,
  refunds: WechatRefunds,
): (command: WechatCommand, fault: Fault | null) => Answer {
  return (command, fault) => {
    switch (command.op) {
      case 'create':
        return trade.create(command);
      case 'query':
        return trade.query(command.merchantNo, fault);
      case 'close':
        return trade.close(command.merchantNo, fault);
      case 'refund':
        return refunds.create(command, fault);
      case 'queryRefund':
        return refunds.query(command.refundNo);
      case 'settleRefund':
        payments.settleRefund('wechat', command.refundNo, command.status);
        return refunds.query(command.refundNo);
    }
  };
}

function credentials(keys: WechatKeys, origin: string): Record<string, string> {
  const { mchid, appid, merchantSerial, merchantPrivateKey, platformPublicKeyId, platformPublicKey } = keys;
  const { platformCertificate, apiV3Key } = keys;
  return {
    baseUrl: origin,
    mchid,
    appid,
    merchantSerial,
    merchantPrivateKey,
    platformPublicKeyId,
    platformPublicKey,
    platformCertificate,
    apiV3Key,
  };
}
