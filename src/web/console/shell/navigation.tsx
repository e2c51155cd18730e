import { NavLink, ScrollArea } from '@mantine/core';
import { NavLink as RouterLink, useLocation } from 'react-router';

const PLACES = [
  ['/', 'Overview'],
  ['/orders', 'Orders'],
  ['/approvals', 'Approvals'],
  ['/stock', 'Stock'],
  ['/promotions', 'Promotions'],
  ['/reconciliation', 'Reconciliation'],
  ['/events', 'Events'],
  ['/gateways', 'Gateways'],
  ['/outages', 'Outages'],
] as const;

/** The first part of a path is the place that its page belongs to. */
const placeOf = (path: string): string => `/${path.split('/')[1] ?? ''}`;

export function Navigation() {
  const here = placeOf(useLocation().pathname);
  return (
    <ScrollArea type="auto">
      {PLACES.map(([to, label]) => (
        <NavLink key={to} component={RouterLink} to={to} label={label} active={here === to} variant="filled" />
      ))}
    </ScrollArea>
  );
}
