import { Container } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Route, Routes } from 'react-router';
import { Answer } from '../kit/answer';
import { Approvals } from './approvals/approvals';
import { endSessionWhenRefused } from './client';
import { Session, useMe } from './data';
import { DeadLetters } from './events/dead-letters';
import { Events } from './events/events';
import { Gateways } from './gateways/gateways';
import { Order } from './order/order';
import { Orders } from './orders/orders';
import { Outage } from './outages/outage';
import { Outages } from './outages/outages';
import { Overview } from './overview/overview';
import { Promotion } from './promotions/promotion';
import { Promotions } from './promotions/promotions';
import { Case } from './reconciliation/case';
import { Reconciliation } from './reconciliation/reconciliation';
import { Runs } from './reconciliation/runs';
import { Layout } from './shell/layout';
import { NotFound } from './shell/not-found';
import { SignIn } from './sign-in/sign-in';
import { Import } from './stock/import';
import { Sku } from './stock/sku';
import { Stock } from './stock/stock';

/** Signed in: the page of the address, with everything around it. Otherwise the sign-in, at the same address. */
export function Console() {
  const me = useMe();
  const client = useQueryClient();
  useEffect(() => endSessionWhenRefused(client), [client]);
  if (me.data === undefined)
    return (
      <Container component="main" py="xl">
        <Answer query={me}>{() => null}</Answer>
      </Container>
    );
  if (me.data === null) return <SignIn />;
  return (
    <Session value={me.data}>
      <Layout>
        <Pages />
      </Layout>
    </Session>
  );
}

function Pages() {
  return (
    <Routes>
      <Route index element={<Overview />} />
      <Route path="orders" element={<Orders />} />
      <Route path="orders/:id" element={<Order />} />
      <Route path="approvals" element={<Approvals />} />
      <Route path="stock" element={<Stock />} />
      <Route path="stock/import" element={<Import />} />
      <Route path="stock/skus/:id" element={<Sku />} />
      <Route path="promotions" element={<Promotions />} />
      <Route path="promotions/:id" element={<Promotion />} />
      <Route path="reconciliation" element={<Reconciliation />} />
      <Route path="reconciliation/runs" element={<Runs />} />
      <Route path="reconciliation/cases/:id" element={<Case />} />
      <Route path="events" element={<Events />} />
      <Route path="events/dead-letters" element={<DeadLetters />} />
      <Route path="gateways" element={<Gateways />} />
      <Route path="outages" element={<Outages />} />
      <Route path="outages/:id" element={<Outage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
