import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { type GatewayName } from '../../domain/payment';
import { discounted } from '../../domain/promotion';
import { type ShopPromotion, type ShopSku } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { Page } from '../kit/page';
import { useAttempt } from './attempt';
import { stockInWords } from './catalogue';
import { GatewayChoice } from './checkout';
import { skuQuery, usePlace, usePromotions } from './client';
import { Countdown, useNow } from './clock';
import { discountInWords, isFlashSale, isRunning, leftOf } from './offers';
import { Empty, Failure, Price } from './parts';
import { Picture } from './picture';

/** Sales of few units that begin at a set time; nobody needs a cart for them. */
export function FlashSales() {
  const promotions = usePromotions();
  const now = useNow();
  const sales = promotions.data?.filter((each) => isFlashSale(each) && now < Date.parse(each.endsAt)) ?? [];
  return (
    <Page title="Flash sale">
      {promotions.isPending ? (
        <Waiting lines={1} height={220} />
      ) : promotions.isError ? (
        <Failure error={promotions.error} again={() => void promotions.refetch()} />
      ) : sales.length === 0 ? (
        <Empty text="There is no flash sale at the moment." to="/" action="Go to the catalogue" />
      ) : (
        sales.flatMap((promotion) =>
          promotion.skuIds.map((skuId) => <Sale key={promotion.id + skuId} promotion={promotion} skuId={skuId} />),
        )
      )}
    </Page>
  );
}

function Sale({ promotion, skuId }: { promotion: ShopPromotion; skuId: string }) {
  const sku = useQuery(skuQuery(skuId));
  if (sku.isError) return <Failure error={sku.error} again={() => void sku.refetch()} />;
  if (sku.isPending) return <Waiting lines={1} height={220} />;
  const { title, productId, price } = sku.data;
  return (
    <Card withBorder component="section" aria-label={promotion.name}>
      <Group align="flex-start">
        <Picture productId={productId} size={160} />
        <Stack gap="sm">
          <Title order={2} size="h3">
            {promotion.name}
          </Title>
          <Text>
            {title}, {discountInWords(promotion)}
          </Text>
          <Price full={price} now={discounted(price, 1, promotion.discountBasisPoints)} size="xl" />
          <Buy promotion={promotion} sku={sku.data} />
        </Stack>
      </Group>
    </Card>
  );
}

function Buy({ promotion, sku }: { promotion: ShopPromotion; sku: ShopSku }) {
  const [payWith, setPayWith] = useState<GatewayName>('wechat');
  const { place, buy } = useBuy(promotion, sku, payWith);
  const begun = isRunning(promotion, useNow());
  const left = leftOf(promotion);
  const soldOut = left === 0 || (!sku.stock.unlimited && sku.stock.available <= 0);
  if (sku.requiredForm.length > 0)
    return (
      <Button component={Link} to={`/products/${encodeURIComponent(sku.id)}`}>
        Order it on its page
      </Button>
    );
  return (
    <Stack gap="sm">
      {begun ? (
        <Countdown at={promotion.endsAt} label="Ends in" />
      ) : (
        <Countdown at={promotion.startsAt} label="Begins in" />
      )}
      <Text size="sm">
        {soldOut ? 'Sold out. Units come back when an order is not paid in time.' : stockInWords(sku)}
        {promotion.perBuyerLimit !== null && !soldOut && `, ${promotion.perBuyerLimit} for each buyer`}
      </Text>
      <GatewayChoice value={payWith} onChange={setPayWith} />
      <Button onClick={buy} loading={place.isPending} disabled={!begun || soldOut}>
        {begun ? (soldOut ? 'Sold out' : 'Buy now') : 'Not yet'}
      </Button>
      <div role="status">
        {place.failureCount > 0 && place.isPending && <Text size="sm">The door is crowded; still trying for you.</Text>}
      </div>
      {place.isError && <Failure error={place.error} />}
    </Stack>
  );
}

/** One unit, ordered past the cart. */
function useBuy(promotion: ShopPromotion, sku: ShopSku, payWith: GatewayName) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const place = usePlace({ placed: (id) => void navigate(`/orders/${id}`), refused: attempt.end });
  const buy = (): void => {
    const order = { payWith, promotionId: promotion.id, lines: [{ skuId: sku.id, quantity: 1 }] };
    place.mutate({ order, idempotencyKey: attempt.keyFor(order) });
  };
  return { place, buy };
}
