import { Badge } from '@mantine/core';
import { type ActionState } from '../../../domain/operator-action';
import { type OrderStatus } from '../../../domain/order-status';

/** Shades that stand out from the background in either scheme. */
const DOTS = {
  gray: 'gray.5',
  blue: 'blue.6',
  orange: 'orange.6',
  green: 'green.6',
  red: 'red.6',
  grape: 'grape.6',
} as const;
type Color = keyof typeof DOTS;

const ORDER: Readonly<Record<OrderStatus, readonly [string, Color]>> = {
  placing: ['Placing', 'gray'],
  awaiting_payment: ['Awaiting payment', 'blue'],
  closing: ['Closing', 'orange'],
  paid: ['Paid', 'green'],
  refunding: ['Refunding', 'grape'],
  refunded: ['Refunded', 'gray'],
  cancelled: ['Cancelled', 'gray'],
  rejected: ['Rejected', 'red'],
};

const ACTION: Readonly<Record<ActionState, readonly [string, Color]>> = {
  awaiting_approval: ['Awaiting approval', 'orange'],
  executing: ['Executing', 'blue'],
  done: ['Done', 'green'],
  refused: ['Refused', 'red'],
  declined: ['Declined', 'gray'],
  expired: ['Expired', 'gray'],
};

export const statusName = (status: OrderStatus): string => ORDER[status][0];

/** The word says it; the dot's colour only helps to find it. */
export function Mark({ name, color }: { readonly name: string; readonly color: Color }) {
  return (
    <Badge variant="dot" color={DOTS[color]} radius="sm" tt="none" fw={500} size="lg" miw="max-content">
      {name}
    </Badge>
  );
}

export function OrderStatusMark({ status }: { readonly status: OrderStatus }) {
  const [name, color] = ORDER[status];
  return <Mark name={name} color={color} />;
}

export function ActionStateMark({ state }: { readonly state: ActionState }) {
  const [name, color] = ACTION[state];
  return <Mark name={name} color={color} />;
}
