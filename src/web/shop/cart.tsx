import { Alert, Anchor, Button, Card, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { CART_LIMITS, type CartLineView } from '../../domain/cart';
import { type ShopCart } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { money } from '../kit/format';
import { Page } from '../kit/page';
import { useCart, useCartLine, usePromotions } from './client';
import { useNow } from './clock';
import { discountInWords, type Offer, offersFor } from './offers';
import { Empty, Failure } from './parts';

export function CartPage() {
  const cart = useCart();
  return (
    <Page title="Cart">
      {cart.isPending ? (
        <Waiting />
      ) : cart.isError ? (
        <Failure error={cart.error} again={() => void cart.refetch()} />
      ) : cart.data.lines.length === 0 ? (
        <Empty text="Your cart is empty." to="/" action="Go to the catalogue" />
      ) : (
        <Contents cart={cart.data} />
      )}
    </Page>
  );
}

/** The offers that the cart's lines can have now, the best first. */
export function useCartOffers(cart: ShopCart): Offer[] {
  const promotions = usePromotions().data ?? [];
  const lines = cart.lines.flatMap(({ skuId, quantity, unitPrice, amount }) =>
    unitPrice && amount ? [{ skuId, quantity, unitPrice }] : [],
  );
  return offersFor(promotions, lines, useNow());
}

function Contents({ cart }: { cart: ShopCart }) {
  const change = useCartLine();
  const [offer] = useCartOffers(cart);
  const blocked = cart.lines.some(({ availability }) => availability !== 'available');
  return (
    <Stack>
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }} aria-label="In your cart">
        {cart.lines.map((line) => (
          <Line key={line.skuId} line={line} set={(quantity) => change.mutate({ skuId: line.skuId, quantity })} />
        ))}
      </Stack>
      {change.isError && <Failure error={change.error} />}
      <Total cart={cart} offer={offer} />
      {blocked && (
        <Alert color="orange" variant="outline" title="Not everything can be ordered">
          <Text size="sm">Change the lines that are marked, then check out.</Text>
        </Alert>
      )}
      <Group justify="flex-end">
        {blocked ? (
          <Button disabled>Check out</Button>
        ) : (
          <Button component={Link} to="/checkout">
            Check out
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** What keeps a line from being ordered; null when nothing does. */
export function shortageOf({ availability, available }: CartLineView): string | null {
  switch (availability) {
    case 'available':
      return null;
    case 'short':
      return `Only ${available ?? 0} left: take fewer.`;
    case 'sold_out':
      return 'Sold out: take it out, or wait for units to come back.';
    case 'off_shelf':
      return 'Not on sale at the moment: take it out.';
    case 'gone':
      return 'We no longer have this: take it out.';
  }
}

function Line({ line, set }: { line: CartLineView; set: (quantity: number) => void }) {
  const title = line.title ?? line.skuId;
  const shortage = shortageOf(line);
  const [typed, setTyped] = useState<number | string>(line.quantity);
  useEffect(() => setTyped(line.quantity), [line.quantity]);
  const change = (value: number | string): void => {
    setTyped(value);
    if (Number(value) >= 1 && Number(value) !== line.quantity) set(Number(value));
  };
  return (
    <Card component="li" withBorder padding="sm">
      <Group justify="space-between" align="flex-end">
        <Stack gap={2}>
          <Anchor component={Link} to={`/products/${encodeURIComponent(line.skuId)}`} fw={600} underline="always">
            {title}
          </Anchor>
          {line.unitPrice && <Text size="sm">{money(line.unitPrice)} each</Text>}
        </Stack>
        <Group align="flex-end" gap="sm">
          <NumberInput
            label="Quantity"
            aria-label={`Quantity of ${title}`}
            value={typed}
            onChange={change}
            min={1}
            max={CART_LIMITS.quantity}
            allowDecimal={false}
            error={shortage}
            w={130}
          />
          <Button variant="default" onClick={() => set(0)} aria-label={`Take out ${title}`}>
            Take out
          </Button>
          <Text fw={700} miw={90} ta="right">
            {line.amount ? money(line.amount) : '–'}
          </Text>
        </Group>
      </Group>
    </Card>
  );
}

export function Total({ cart, offer }: { cart: ShopCart; offer: Offer | undefined }) {
  if (!cart.total) return null;
  return (
    <Stack gap={4} align="flex-end">
      {offer && (
        <Text size="sm">
          {offer.promotion.name}, {discountInWords(offer.promotion)}: −
          {money({ ...cart.total, minor: cart.total.minor - offer.total.minor })}
        </Text>
      )}
      <Text fw={700} size="lg">
        Total {money(offer?.total ?? cart.total)}
      </Text>
    </Stack>
  );
}
