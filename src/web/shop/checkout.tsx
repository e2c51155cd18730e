import { Button, Card, Checkbox, Fieldset, NativeSelect, Radio, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { SHIPPING_ADDRESS } from '../../domain/buyer-fields';
import { type GatewayName, GATEWAYS } from '../../domain/payment';
import { type ShopCart, type ShopCheckout, type ShopSku } from '../../storefront/contract';
import { Waiting } from '../kit/answer';
import { ApiError } from '../kit/api';
import { money } from '../kit/format';
import { Page } from '../kit/page';
import { useAttempt } from './attempt';
import { ADDRESS_FIELDS, type BuyerField, Field, fieldsOfSku, type Filled, valuesOf } from './buyer-fields';
import { shortageOf, Total, useCartOffers } from './cart';
import { skuQuery, useCartToPlace, usePlace } from './client';
import { discountInWords } from './offers';
import { Empty, Failure } from './parts';
import { GATEWAY_NAMES } from './words';

export function Checkout() {
  const cart = useCartToPlace();
  const skus = useQueries({ queries: (cart.data?.lines ?? []).map(({ skuId }) => skuQuery(skuId)) });
  const failed = [cart, ...skus].find(({ isError }) => isError);
  const known = skus.flatMap(({ data }) => (data ? [data] : []));
  return (
    <Page title="Checkout">
      {failed ? (
        <Failure error={failed.error} again={() => void failed.refetch()} />
      ) : !cart.data || known.length < skus.length ? (
        <Waiting />
      ) : cart.data.lines.length === 0 ? (
        <Empty text="Your cart is empty." to="/" action="Go to the catalogue" />
      ) : (
        <CheckoutForm cart={cart.data} skus={known} />
      )}
    </Page>
  );
}

/** What is wrong with each field, by the API's paths. */
function faultsOf(error: unknown): Filled {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  return Object.fromEntries(errors.map(({ path, message }) => [path, message]));
}

interface Choices {
  readonly filled: Filled;
  readonly withAddress: boolean;
  readonly payWith: GatewayName;
  readonly promotionId: string;
}

function orderOf(skus: readonly ShopSku[], { filled, withAddress, payWith, promotionId }: Choices): ShopCheckout {
  const forms = skus.map((sku) => [sku.id, valuesOf(fieldsOfSku(sku), filled)] as const);
  const form = Object.fromEntries(forms.filter(([, values]) => Object.keys(values).length > 0));
  return {
    payWith,
    ...(promotionId !== '' && { promotionId }),
    ...(Object.keys(form).length > 0 && { form }),
    ...(withAddress && { shippingAddress: valuesOf(ADDRESS_FIELDS, filled) }),
  };
}

function CheckoutForm({ cart, skus }: { cart: ShopCart; skus: readonly ShopSku[] }) {
  const addressNeeded = skus.some(({ requiredForm }) => requiredForm.includes(SHIPPING_ADDRESS));
  const [filled, setFilled] = useState<Filled>({});
  const [wantsAddress, setWantsAddress] = useState(false);
  const [payWith, setPayWith] = useState<GatewayName>('wechat');
  const [chosen, setPromotion] = useState<string | null>(null);
  const offers = useCartOffers(cart);
  const offer = chosen === null ? offers[0] : offers.find(({ promotion }) => promotion.id === chosen);
  const withAddress = addressNeeded || wantsAddress;
  const { place, submit, form } = useSubmit(cart, () =>
    orderOf(skus, { filled, withAddress, payWith, promotionId: offer?.promotion.id ?? '' }),
  );
  const typed = {
    filled,
    faults: faultsOf(place.error),
    set: (path: string, value: string) => setFilled((before) => ({ ...before, [path]: value })),
  };
  return (
    <form ref={form} onSubmit={submit} noValidate aria-label="Checkout">
      <Stack>
        <Lines cart={cart} />
        {skus.map((sku) => (
          <Fields key={sku.id} legend={`For ${sku.title}`} fields={fieldsOfSku(sku)} {...typed} />
        ))}
        {!addressNeeded && (
          <Checkbox
            label="Send it to an address"
            checked={wantsAddress}
            onChange={(event) => setWantsAddress(event.currentTarget.checked)}
          />
        )}
        {withAddress && <Fields legend="Shipping address" fields={ADDRESS_FIELDS} {...typed} />}
        <OfferChoice offers={offers} value={offer?.promotion.id ?? ''} onChange={setPromotion} />
        <GatewayChoice value={payWith} onChange={setPayWith} />
        <Total cart={cart} offer={offer} />
        {place.isError && <Failure error={place.error} />}
        <Button type="submit" loading={place.isPending}>
          Order and pay
        </Button>
        <div role="status">
          {place.failureCount > 0 && place.isPending && (
            <Text size="sm">No answer yet; trying again with the same order.</Text>
          )}
        </div>
      </Stack>
    </form>
  );
}

function Fields(group: {
  readonly legend: string;
  readonly fields: readonly BuyerField[];
  readonly filled: Filled;
  readonly faults: Filled;
  readonly set: (path: string, value: string) => void;
}) {
  if (group.fields.length === 0) return null;
  return (
    <Fieldset legend={group.legend}>
      <Stack gap="sm">
        {group.fields.map((field) => (
          <Field
            key={field.path}
            field={field}
            value={group.filled[field.path] ?? ''}
            error={group.faults[field.path]}
            onChange={(value) => group.set(field.path, value)}
          />
        ))}
      </Stack>
    </Fieldset>
  );
}

/** Places the order; goes on to its page, or to the first field that is wrong. */
function useSubmit(cart: ShopCart, orderNow: () => ShopCheckout) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const place = usePlace({ placed: (id) => void navigate(`/orders/${id}`), refused: attempt.end });
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (place.isError) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [place.isError, place.error]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (place.isPending) return;
    const order = orderNow();
    const lines = cart.lines.map(({ skuId, quantity }) => [skuId, quantity]);
    place.mutate({ order, idempotencyKey: attempt.keyFor([order, lines]) });
  };
  return { place, submit, form };
}

function Lines({ cart }: { cart: ShopCart }) {
  return (
    <Card withBorder>
      <Stack component="ul" gap={4} p={0} m={0} style={{ listStyle: 'none' }} aria-label="What you order">
        {cart.lines.map((line) => (
          <Text component="li" key={line.skuId}>
            {line.quantity} × {line.title ?? line.skuId}
            {line.amount && `, ${money(line.amount)}`}
            {shortageOf(line) && (
              <Text component="strong" display="block" size="sm">
                {shortageOf(line)}
              </Text>
            )}
          </Text>
        ))}
      </Stack>
    </Card>
  );
}

function OfferChoice({
  offers,
  value,
  onChange,
}: {
  offers: ReturnType<typeof useCartOffers>;
  value: string;
  onChange: (promotionId: string) => void;
}) {
  if (offers.length === 0) return null;
  const options = offers.map(({ promotion }) => ({
    value: promotion.id,
    label: `${promotion.name}, ${discountInWords(promotion)}`,
  }));
  return (
    <NativeSelect
      label="Offer"
      data={[...options, { value: '', label: 'None' }]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

export function GatewayChoice({ value, onChange }: { value: GatewayName; onChange: (gateway: GatewayName) => void }) {
  return (
    <Radio.Group label="Pay with" value={value} onChange={(gateway) => onChange(gateway)}>
      <Stack gap="xs" mt="xs">
        {GATEWAYS.map((gateway) => (
          <Radio key={gateway} value={gateway} label={GATEWAY_NAMES[gateway]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
