import { Anchor } from '@mantine/core';
import { type ReactNode } from 'react';
import { type OrderPage } from '../../../console/contract';
import { money } from '../../kit/format';
import { Countdown, When } from '../../kit/when';
import { Facts } from '../parts/facts';
import { To } from '../parts/to';

export function OrderFacts({ page }: { readonly page: OrderPage }) {
  const { order, workflow } = page;
  const { refundedAmount, paidAt, closedAt } = order;
  return (
    <Facts
      facts={[
        ['End of the payment window', <Deadline key="deadline" page={page} />],
        ['Next question to the gateway', nextAsk(page)],
        ['Amount', money(order.amount)],
        ['Given back', refundedAmount.minor > 0 ? money(refundedAmount) : null],
        [
          'Buyer',
          <To key="buyer" path={`/orders?q=${encodeURIComponent(order.buyerId)}`}>
            {order.buyerId}
          </To>,
        ],
        ['Store', order.storeId],
        ['Placed', <When key="placed" at={order.createdAt} />],
        ['Paid', paidAt && <When at={paidAt} />],
        ['Closed', closedAt && <When at={closedAt} />],
        ['Personal data', order.hasPersonalData ? 'Sealed; not shown here' : null],
        ['Workflow', <Workflow key="workflow" {...workflow} />],
      ]}
    />
  );
}

function Deadline({ page: { order } }: { readonly page: OrderPage }) {
  return (
    <>
      {order.status === 'awaiting_payment' && (
        <>
          <Countdown until={order.payBy} over="over" /> left:{' '}
        </>
      )}
      <When at={order.payBy} />
    </>
  );
}

/** Null where nothing is asked any more. */
function nextAsk({ process }: OrderPage): ReactNode {
  if (process.t === 'silent') return 'Not known: no worker answered';
  if (process.t !== 'answered' || process.asked === null) return null;
  return (
    <>
      {process.nextAskAt === null ? (
        'being asked now'
      ) : (
        <>
          in <Countdown until={process.nextAskAt} over="a moment" />
        </>
      )}
      {`, asked ${process.asked} ${process.asked === 1 ? 'time' : 'times'} so far`}
    </>
  );
}

function Workflow({ id, temporalUi }: OrderPage['workflow']) {
  if (temporalUi === null) return id;
  return (
    <Anchor href={temporalUi} target="_blank" rel="noreferrer" underline="always">
      {id} in the Temporal UI
    </Anchor>
  );
}
