import { Anchor } from '@mantine/core';
import { type ReactNode } from 'react';
import { Link } from 'react-router';

interface ToProps {
  readonly path: string;
  /** The text stays on one line, as an id does in a table, which scrolls by itself; elsewhere it would make the page wide. */
  readonly unbroken?: boolean | undefined;
  readonly children: ReactNode;
}

/** A link within the console. */
export function To({ path, unbroken = false, children }: ToProps) {
  const style = unbroken ? ({ whiteSpace: 'nowrap' } as const) : ({ overflowWrap: 'anywhere' } as const);
  return (
    <Anchor component={Link} to={path} underline="always" fz="inherit" style={style}>
      {children}
    </Anchor>
  );
}

interface ToIdProps {
  readonly id: string;
  readonly unbroken?: boolean | undefined;
}

export function ToOrder({ id, unbroken }: ToIdProps) {
  return (
    <To path={`/orders/${id}`} unbroken={unbroken}>
      {id}
    </To>
  );
}

export function ToSku({ id, unbroken }: ToIdProps) {
  return (
    <To path={`/stock/skus/${encodeURIComponent(id)}`} unbroken={unbroken}>
      {id}
    </To>
  );
}
