import { type Answer } from '../faults/http-faults';

/** WeChat's error codes that the sandbox answers, with their HTTP status. The one place where a code gets its status. */
const STATUS = {
  PARAM_ERROR: 400,
  INVALID_REQUEST: 400,
  MCH_NOT_EXISTS: 400,
  APPID_MCHID_NOT_MATCH: 400,
  ORDER_CLOSED: 400,
  ORDERPAID: 400,
  SIGN_ERROR: 401,
  NO_AUTH: 403,
  RULE_LIMIT: 403,
  NOT_ENOUGH: 403,
  ORDER_NOT_EXIST: 404,
  ORDERNOTEXIST: 404,
  RESOURCE_NOT_EXISTS: 404,
  NOT_FOUND: 404,
  FREQUENCY_LIMITED: 429,
  SYSTEM_ERROR: 500,
  /** 2xx and *not* a success: the buyer is just paying. */
  USERPAYING: 202,
} as const;

export type WechatErrorCode = keyof typeof STATUS;

/** Which field was wrong, in WeChat's form; `field` is a JSON pointer. */
export interface ErrorDetail {
  readonly field: string;
  readonly issue: string;
  readonly location: 'body' | 'query' | 'path' | 'header' | 'authorization';
  readonly value?: unknown;
}

/** WeChat's error answer: `{"code","message","detail"?}` under the code's status. */
export function errorAnswer(code: WechatErrorCode, message: string, detail?: ErrorDetail): Answer {
  return { status: STATUS[code], body: JSON.stringify({ code, message, ...(detail ? { detail } : {}) }) };
}

/** A refusal on the way to an answer; routes turn it into `errorAnswer`. */
export class WechatRefusal extends Error {
  constructor(
    readonly code: WechatErrorCode,
    message: string,
    readonly detail?: ErrorDetail,
  ) {
    super(message);
    this.name = 'WechatRefusal';
  }

  toAnswer(): Answer {
    return errorAnswer(this.code, this.message, this.detail);
  }
}
