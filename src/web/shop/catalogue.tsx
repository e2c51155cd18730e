import { Anchor, Badge, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { type ShopPromotion, type ShopSku } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { Page } from '../kit/page';
import { usePromotions, useSkus } from './client';
import { Countdown, useNow } from './clock';
import { discountInWords, isFlashSale, type Offer, offersFor } from './offers';
import { Empty, Failure, Price } from './parts';
import { Picture } from './picture';

export function Catalogue() {
  const skus = useSkus();
  const promotions = usePromotions().data ?? [];
  return (
    <Page title="Catalogue">
      <Offers promotions={promotions} />
      {skus.isPending ? (
        <Waiting lines={4} height={120} />
      ) : skus.isError ? (
        <Failure error={skus.error} again={() => void skus.refetch()} />
      ) : skus.data.length === 0 ? (
        <Empty text="The shelves are empty." to="/flash" action="Look at the flash sale" />
      ) : (
        <SimpleGrid component="ul" cols={{ base: 1, xs: 2, md: 3 }} p={0} m={0} style={{ listStyle: 'none' }}>
          {skus.data.map((sku) => (
            <li key={sku.id}>
              <Tile sku={sku} promotions={promotions} />
            </li>
          ))}
        </SimpleGrid>
      )}
    </Page>
  );
}

/** What runs now, for everybody and without a rush, with the time that it still runs. */
function Offers({ promotions }: { promotions: readonly ShopPromotion[] }) {
  const now = useNow();
  const running = promotions.filter(
    (each) => !isFlashSale(each) && Date.parse(each.startsAt) <= now && now < Date.parse(each.endsAt),
  );
  return running.map((promotion) => (
    <Card key={promotion.id} withBorder component="section" aria-label={promotion.name}>
      <Group justify="space-between">
        <Text fw={600}>
          {promotion.name}: {discountInWords(promotion)}
        </Text>
        <Countdown at={promotion.endsAt} label="Ends in" />
      </Group>
    </Card>
  ));
}

function Tile({ sku, promotions }: { sku: ShopSku; promotions: readonly ShopPromotion[] }) {
  const offer = useOffer(sku, promotions);
  const flash = promotions.some((each) => isFlashSale(each) && each.skuIds.includes(sku.id));
  return (
    <Card withBorder h="100%">
      <Group wrap="nowrap" align="flex-start">
        <Picture productId={sku.productId} size={84} />
        <Stack gap={4}>
          <Anchor component={Link} to={`/products/${encodeURIComponent(sku.id)}`} fw={600} underline="always">
            {sku.title}
          </Anchor>
          <Price full={sku.price} now={offer?.total} />
          {offer && <Badge variant="filled">{discountInWords(offer.promotion)}</Badge>}
          {flash && <Badge variant="outline">Flash sale</Badge>}
          <Stock sku={sku} />
        </Stack>
      </Group>
    </Card>
  );
}

/** The best offer on one unit that is not a flash sale: that one is sold on its own page. */
export function useOffer(sku: ShopSku, promotions: readonly ShopPromotion[]): Offer | undefined {
  const line = { skuId: sku.id, quantity: 1, unitPrice: sku.price };
  return offersFor(
    promotions.filter((each) => !isFlashSale(each)),
    [line],
    useNow(),
  )[0];
}

/** Below this a buyer would hurry. */
const FEW = 10;

export function stockInWords({ onSale, stock: { available, unlimited } }: ShopSku): string {
  if (!onSale) return 'Not on sale';
  if (unlimited) return 'Always available';
  if (available <= 0) return 'Sold out';
  return available <= FEW ? `Only ${available} left` : `${available} in stock`;
}

export function Stock({ sku }: { sku: ShopSku }) {
  return (
    <Text size="sm" fw={stockInWords(sku).startsWith('Only') ? 700 : 400}>
      {stockInWords(sku)}
    </Text>
  );
}
