import { Anchor, Button, Card, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { CART_LIMITS } from '../../domain/cart';
import { type ShopSku } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { Page } from '../kit/page';
import { Stock, useOffer } from './catalogue';
import { skuQuery, useCart, useCartLine, usePromotions } from './client';
import { Countdown } from './clock';
import { discountInWords, isFlashSale } from './offers';
import { Failure, Price } from './parts';
import { Picture } from './picture';

export function Product() {
  const { skuId = '' } = useParams();
  const sku = useQuery(skuQuery(skuId));
  return (
    <Page title={sku.data?.title ?? 'Product'}>
      {sku.isPending ? (
        <Waiting lines={1} height={220} />
      ) : sku.isError ? (
        <Failure error={sku.error} again={() => void sku.refetch()} />
      ) : (
        <Details sku={sku.data} />
      )}
      <Anchor component={Link} to="/" underline="always">
        Back to the catalogue
      </Anchor>
    </Page>
  );
}

function Details({ sku }: { sku: ShopSku }) {
  const promotions = usePromotions().data ?? [];
  const offer = useOffer(sku, promotions);
  const flash = promotions.find((each) => isFlashSale(each) && each.skuIds.includes(sku.id));
  return (
    <Card withBorder>
      <Group align="flex-start">
        <Picture productId={sku.productId} size={180} />
        <Stack gap="sm">
          <Price full={sku.price} now={offer?.total} size="xl" />
          {offer && (
            <Text size="sm">
              {offer.promotion.name}, {discountInWords(offer.promotion)}.{' '}
              <Countdown at={offer.promotion.endsAt} label="Ends in" />
            </Text>
          )}
          <Stock sku={sku} />
          {sku.requiredForm.length > 0 && <Text size="sm">We ask for some details at the checkout.</Text>}
          {flash && sku.requiredForm.length === 0 ? (
            <Anchor component={Link} to="/flash" underline="always">
              Sold in the flash sale “{flash.name}”
            </Anchor>
          ) : (
            <Add sku={sku} />
          )}
        </Stack>
      </Group>
    </Card>
  );
}

function Add({ sku }: { sku: ShopSku }) {
  const [quantity, setQuantity] = useState(1);
  const inCart = useCart().data?.lines.find(({ skuId }) => skuId === sku.id)?.quantity ?? 0;
  const line = useCartLine();
  const buyable = sku.onSale && (sku.stock.unlimited || sku.stock.available > 0);
  return (
    <Stack gap="sm">
      <Group align="flex-end">
        <NumberInput
          label="Quantity"
          value={quantity}
          onChange={(value) => setQuantity(Number(value) || 1)}
          min={1}
          max={CART_LIMITS.quantity}
          allowDecimal={false}
          w={110}
        />
        <Button
          disabled={!buyable}
          loading={line.isPending}
          onClick={() => line.mutate({ skuId: sku.id, quantity: Math.min(CART_LIMITS.quantity, inCart + quantity) })}
        >
          {buyable ? 'Add to cart' : 'Sold out'}
        </Button>
      </Group>
      <div role="status">
        {line.isSuccess && (
          <Text size="sm">
            {inCart} in your cart.{' '}
            <Anchor component={Link} to="/cart" underline="always">
              Go to the cart
            </Anchor>
          </Text>
        )}
      </div>
      {line.isError && <Failure error={line.error} />}
    </Stack>
  );
}
