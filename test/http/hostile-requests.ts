import { HOSTILE_ACCESS } from './hostile/access';
import { HOSTILE_ADDRESSES } from './hostile/addresses';
import { HOSTILE_BODIES } from './hostile/bodies';
import { HOSTILE_COMMERCE } from './hostile/commerce';
import { HOSTILE_EVENTS } from './hostile/events';
import { HOSTILE_FORMS } from './hostile/forms';
import { HOSTILE_MONEY } from './hostile/money';
import { HOSTILE_PROMOTIONS } from './hostile/promotions';
import { type HostileRequest } from './hostile/request';
import { HOSTILE_SHOP } from './hostile/shop';

export { type HostileContext, type HostileRequest } from './hostile/request';

/**
 * Requests that no client of good will sends, as data: the same table runs against any server. None may be answered with
 * a 5xx, and none may change what it should not.
 */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...HOSTILE_BODIES,
  ...HOSTILE_ACCESS,
  ...HOSTILE_ADDRESSES,
  ...HOSTILE_COMMERCE,
  ...HOSTILE_EVENTS,
  ...HOSTILE_FORMS,
  ...HOSTILE_MONEY,
  ...HOSTILE_PROMOTIONS,
  ...HOSTILE_SHOP,
];
