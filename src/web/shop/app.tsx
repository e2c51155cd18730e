import { Anchor, Container, Group, Text } from '@mantine/core';
import { Link, NavLink, Route, Routes } from 'react-router';
import { Waiting } from '../kit/answer';
import { Page } from '../kit/page';
import { SkipLink } from '../kit/skip-link';
import { CartPage } from './cart';
import { Catalogue } from './catalogue';
import { Checkout } from './checkout';
import { useCart, useSession } from './client';
import { FlashSales } from './flash';
import { OrderPage } from './order';
import { Orders } from './orders';
import { Empty, Failure } from './parts';
import { Product } from './product';
import './shop.css';

export function App() {
  const session = useSession();
  return (
    <>
      <SkipLink to="content" />
      <Header ready={session.isSuccess} />
      <Container component="main" id="content" tabIndex={-1} size="md" py="lg" style={{ outline: 'none' }}>
        {session.isSuccess ? (
          <Pages />
        ) : session.isError ? (
          <Failure error={session.error} again={() => void session.refetch()} />
        ) : (
          <Waiting />
        )}
      </Container>
      <Container component="footer" size="md" pb="xl">
        <Text size="sm">A demo shop on Holdfast’s public API. Nothing is sold, no money moves in the sandbox.</Text>
      </Container>
    </>
  );
}

function Pages() {
  return (
    <Routes>
      <Route index element={<Catalogue />} />
      <Route path="products/:skuId" element={<Product />} />
      <Route path="cart" element={<CartPage />} />
      <Route path="checkout" element={<Checkout />} />
      <Route path="orders" element={<Orders />} />
      <Route path="orders/:orderId" element={<OrderPage />} />
      <Route path="flash" element={<FlashSales />} />
      <Route path="*" element={<Lost />} />
    </Routes>
  );
}

function Lost() {
  return (
    <Page title="Nothing here">
      <Empty text="There is no page at this address." to="/" action="Go to the catalogue" />
    </Page>
  );
}

const LINKS = [
  ['/', 'Catalogue'],
  ['/flash', 'Flash sale'],
  ['/orders', 'My orders'],
] as const;

function Header({ ready }: { ready: boolean }) {
  return (
    <Container component="header" size="md" pt="md">
      <Group justify="space-between">
        <Anchor component={Link} to="/" fw={700} fz="lg" c="inherit">
          Holdfast shop
        </Anchor>
        <Group component="nav" aria-label="Shop" gap="sm">
          {LINKS.map(([to, text]) => (
            <NavLink key={to} to={to} end={to === '/'} className="nav">
              {text}
            </NavLink>
          ))}
          {ready && <CartLink />}
        </Group>
      </Group>
    </Container>
  );
}

function CartLink() {
  const units = useCart().data?.lines.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
  return (
    <NavLink to="/cart" className="nav">
      Cart ({units})
    </NavLink>
  );
}
