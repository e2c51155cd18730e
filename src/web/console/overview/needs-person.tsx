import { List, Text } from '@mantine/core';
import { type ReactNode } from 'react';
import { type Overview } from '../../../console/contract';
import { When } from '../../kit/when';
import { Section } from '../parts/section';
import { To } from '../parts/to';

/** What nothing but a person gets on with; only what there is. */
export function NeedsPerson({ overview }: { readonly overview: Overview }) {
  const waiting = waitingFor(overview);
  return (
    <Section title="Needs a person">
      {waiting.length === 0 ? (
        <Text c="dimmed">Nothing waits for anybody.</Text>
      ) : (
        <List spacing="xs">
          {waiting.map(([what, content]) => (
            <List.Item key={what}>{content}</List.Item>
          ))}
        </List>
      )}
      {overview.oldestClosing && (
        <Text>
          The order that has been closing longest is{' '}
          <To path={`/orders/${overview.oldestClosing.orderId}`}>{overview.oldestClosing.orderId}</To>, since{' '}
          <When at={overview.oldestClosing.since} />.
        </Text>
      )}
    </Section>
  );
}

function waitingFor(overview: Overview): (readonly [string, ReactNode])[] {
  const { approvalsWaiting, manualOrders, openCases, refunds, heldForReview, deadLetters } = overview;
  const all: readonly (readonly [string, number, ReactNode])[] = [
    ['approvals', approvalsWaiting, <To path="/approvals">Approvals waiting: {approvalsWaiting}</To>],
    ['manual', manualOrders, <To path="/orders?manual=true">Orders handled by hand: {manualOrders}</To>],
    ['cases', openCases, <To path="/reconciliation?state=open">Open cases: {openCases}</To>],
    ['refunds', refunds.manual, <>Refunds that have to be paid back by hand: {refunds.manual}</>],
    ['review', heldForReview, <>Payments of a wrong amount: {heldForReview}</>],
    ['dead', deadLetters ?? 0, <To path="/events/dead-letters">Dead letters: {deadLetters}</To>],
  ];
  return all.filter(([, count]) => count > 0).map(([what, , content]) => [what, content]);
}
