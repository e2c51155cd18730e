import { List, Text } from '@mantine/core';
import { type OrderPage } from '../../../console/contract';
import { money } from '../../kit/format';
import { Section } from '../parts/section';
import { To, ToSku } from '../parts/to';

/** What was bought, and what is set aside for it now. */
export function Held({ page: { order, held } }: { readonly page: OrderPage }) {
  const nothing = held.stock.length === 0 && held.promotion === null && held.points === null;
  return (
    <>
      <Section title="Held for it">
        {nothing ? (
          <Text c="dimmed">Nothing is held.</Text>
        ) : (
          <List>
            {held.stock.map(({ skuId, title, quantity }) => (
              <List.Item key={skuId}>
                {quantity} × {title} (<ToSku id={skuId} />)
              </List.Item>
            ))}
            {held.promotion && (
              <List.Item>
                {held.promotion.quantity} of the promotion{' '}
                <To path={`/promotions/${encodeURIComponent(held.promotion.promotionId)}`}>
                  {held.promotion.promotionId}
                </To>
              </List.Item>
            )}
            {held.points !== null && <List.Item>{held.points} points of the buyer</List.Item>}
          </List>
        )}
      </Section>
      <Section title="Lines">
        <List>
          {order.lines.map(({ skuId, title, quantity, amount }, line) => (
            <List.Item key={`${line}${skuId}`}>
              {quantity} × {title} (<ToSku id={skuId} />
              ), {money(amount)}
            </List.Item>
          ))}
        </List>
      </Section>
    </>
  );
}
