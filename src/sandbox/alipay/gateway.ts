import { type Router } from 'express';
import { type Core } from '../core';
import { type Answer } from '../faults/http-faults';
import { type Fault } from '../faults/registry';
import { type Gateway } from '../gateway';
import { Payments } from '../state/payments';
import { type Payment } from '../state/types';
import { type AlipayCommand, type AlipayDesk } from './desk';
import { success } from './errors';
import { type AlipayKeys, parseSecrets } from './keys';
import { renderNotification } from './notification';
import { AlipayRefunds, type Numbers } from './refunds';
import { alipayRoutes, GATEWAY_PATH } from './routes';
import { type Scans } from './scans';
import { AlipayTrade } from './trade';

/** Alipay's gateway.do on the sandbox's core. */
export function createAlipayGateway(core: Core, keys: AlipayKeys, scans: Scans): Gateway {
  const secrets = parseSecrets(keys);
  const payments = new Payments(core.store, core.clock);
  const trade = new AlipayTrade(payments, scans, core.clock, keys.sellerId);
  const byCode = (field: string, code: string): Payment | null =>
    core.store.allPayments().find((payment) => payment.gateway === 'alipay' && payment.wire[field] === code) ?? null;
  const merchantNoOf = (numbers: Numbers): string =>
    (numbers.trade_no === undefined ? null : byCode('tradeNo', numbers.trade_no)?.merchantNo) ??
    numbers.out_trade_no ??
    '';
  // trade_no counts where both are given; the other one has to agree.
  const findTrade = (numbers: Numbers): Payment | null => {
    const found = trade.trade(merchantNoOf(numbers));
    const agrees = found && [undefined, found.merchantNo].includes(numbers.out_trade_no);
    return agrees && [undefined, found.wire['tradeNo']].includes(numbers.trade_no) ? found : null;
  };
  const refunds = new AlipayRefunds(payments, core.clock, findTrade, (refundNo, status, fault) =>
    core.deferrals.defer('alipay', { op: 'settleRefund', refundNo, status } satisfies AlipayCommand, fault),
  );
  const execute = executor(payments, trade, refunds);
  const desk: AlipayDesk = { core, secrets, execute, merchantNoOf };
  return {
    name: 'alipay',
    routes: (): Router => alipayRoutes(desk),
    credentials: (origin) => credentials(keys, origin),
    buyerPays: (merchantNo, amount) => trade.buyerPays(merchantNo, amount),
    buyerScans: (merchantNo) => trade.buyerScans(merchantNo),
    resolveCode: (code) => byCode('credential', code)?.merchantNo ?? null,
    renderNotification: (notification, payment, fault) => {
      const openedAt = scans.at(payment.merchantNo) ?? payment.createdAt;
      return renderNotification(notification, payment, openedAt, secrets, core.clock.nowMs(), fault);
    },
    // The body alone counts: seven characters, whatever the status says.
    isAcknowledgement: (_status, body) => body === 'success',
    executeDeferred: (command) => void execute(command as AlipayCommand, null),
  };
}

function executor(
  payments: Payments,
  trade: AlipayTrade,
  refunds: AlipayRefunds,
): (command: AlipayCommand, fault: Fault | null) => Answer {
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
        return refunds.query(command);
      case 'settleRefund':
        payments.settleRefund('alipay', command.refundNo, command.status);
        return success({});
    }
  };
}

function credentials(keys: AlipayKeys, origin: string): Record<string, string> {
  const { appId, sellerId, appPrivateKey, alipayPublicKey } = keys;
  return { baseUrl: `${origin}${GATEWAY_PATH}`, appId, sellerId, appPrivateKey, alipayPublicKey };
}
