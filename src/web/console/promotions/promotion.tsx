import { Stack } from '@mantine/core';
import { useParams } from 'react-router';
import { type PromotionRow } from '../../../console/contract';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { Facts } from '../parts/facts';
import { ToSku } from '../parts/to';
import { usePromotion } from './data';
import { discount } from './discount';
import { Uses } from './uses';

export function Promotion() {
  const { id = '' } = useParams();
  return (
    <Page key={id} title={id}>
      <Answer query={usePromotion(id)}>{(promotion) => <PromotionFacts promotion={promotion} />}</Answer>
      <Uses id={id} />
    </Page>
  );
}

function PromotionFacts({ promotion }: { readonly promotion: PromotionRow }) {
  const { skuIds, storeIds, counts, held, used, totalQuota, perBuyerLimit } = promotion;
  return (
    <Facts
      facts={[
        ['Name', promotion.name],
        ['State', promotion.state],
        ['Discount', discount(promotion)],
        ['Begins', <When key="begins" at={promotion.startsAt} />],
        ['Ends', <When key="ends" at={promotion.endsAt} />],
        ['Held', `${held} ${counts}`],
        ['Used', `${used} ${counts}`],
        ['Quota', totalQuota === null ? 'none' : `${totalQuota} ${counts}`],
        ['Limit per buyer', perBuyerLimit === null ? 'none' : `${perBuyerLimit} ${counts}`],
        ['SKUs', skuIds.length === 0 ? 'every one' : <Skus ids={skuIds} />],
        ['Stores', storeIds.length === 0 ? 'everywhere' : storeIds.join(', ')],
      ]}
    />
  );
}

function Skus({ ids }: { readonly ids: readonly string[] }) {
  return (
    <Stack gap={2} component="span" align="start">
      {ids.map((id) => (
        <ToSku key={id} id={id} />
      ))}
    </Stack>
  );
}
