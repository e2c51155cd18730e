import { type Answer } from '../faults/http-faults';

/** Alipay's outer codes and their words. All come under HTTP 200 but the two that name a bad day of the gateway itself. */
const CODES = {
  '20000': { msg: 'Service Currently Unavailable', status: 500 },
  '40001': { msg: 'Missing Required Arguments', status: 200 },
  '40002': { msg: 'Invalid Arguments', status: 200 },
  '40004': { msg: 'Business Failed', status: 200 },
  '40005': { msg: 'Call Limited', status: 429 },
} as const;

/** Every sub_code that the sandbox answers, with its outer code and Alipay's words. */
const SUB_CODES = {
  'isp.unknow-error': ['20000', '系统繁忙'],
  'isv.app-call-limited': ['40005', '应用调用次数超限'],
  'isv.missing-app-id': ['40001', '缺少AppId参数'],
  'isv.missing-method': ['40001', '缺少方法名参数'],
  'isv.missing-signature': ['40001', '缺少签名参数'],
  'isv.missing-signature-type': ['40001', '缺少签名类型参数'],
  'isv.missing-timestamp': ['40001', '缺少时间戳参数'],
  'isv.missing-version': ['40001', '缺少版本参数'],
  'isv.invalid-app-id': ['40002', '无效的AppID参数'],
  'isv.invalid-method': ['40002', '不存在的方法名'],
  'isv.invalid-signature': ['40002', '无效签名'],
  'isv.invalid-signature-type': ['40002', '无效签名类型'],
  'isv.invalid-timestamp': ['40002', '非法的时间戳参数'],
  'isv.invalid-charset': ['40002', '字符集错误'],
  'isv.invalid-format': ['40002', '无效数据格式'],
  'isv.invalid-parameter': ['40002', '参数无效'],
  'ACQ.INVALID_PARAMETER': ['40004', '参数无效'],
  'ACQ.SYSTEM_ERROR': ['40004', '系统错误'],
  'ACQ.TRADE_NOT_EXIST': ['40004', '交易不存在'],
  'ACQ.TRADE_HAS_SUCCESS': ['40004', '交易已被支付'],
  'ACQ.TRADE_HAS_CLOSE': ['40004', '交易已经关闭'],
  'ACQ.TRADE_HAS_FINISHED': ['40004', '交易已完结'],
  'ACQ.CONTEXT_INCONSISTENT': ['40004', '交易信息被篡改'],
  'ACQ.TRADE_STATUS_ERROR': ['40004', '交易状态不合法'],
  'ACQ.REASON_TRADE_STATUS_INVALID': ['40004', '交易状态异常'],
  'ACQ.REASON_ILLEGAL_STATUS': ['40004', '交易状态异常'],
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': ['40004', '卖家余额不足'],
  'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': ['40004', '退款金额超限'],
  'ACQ.DISCORDANT_REPEAT_REQUEST': ['40004', '不一致的请求'],
} as const satisfies Record<string, readonly [keyof typeof CODES, string]>;

export type AlipaySubCode = keyof typeof SUB_CODES;

/** The response object of a refusal, not yet wrapped and signed. `detail` is appended to Alipay's words. */
export function refusal(subCode: AlipaySubCode, detail?: string): Answer {
  const [code, words] = SUB_CODES[subCode];
  const { msg, status } = CODES[code];
  const subMsg = detail === undefined ? words : `${words}: ${detail}`;
  return { status, body: JSON.stringify({ code, msg, sub_code: subCode, sub_msg: subMsg }) };
}

/** The response object of a success. */
export function success(fields: Readonly<Record<string, unknown>>): Answer {
  return { status: 200, body: JSON.stringify({ code: '10000', msg: 'Success', ...fields }) };
}

/** A refusal on the way to an answer; routes turn it into one. */
export class AlipayRefusal extends Error {
  constructor(
    readonly subCode: AlipaySubCode,
    readonly detail?: string,
  ) {
    super(detail ?? subCode);
    this.name = 'AlipayRefusal';
  }

  toAnswer(): Answer {
    return refusal(this.subCode, this.detail);
  }
}
