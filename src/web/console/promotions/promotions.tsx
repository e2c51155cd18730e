import { Stack, Table } from '@mantine/core';
import { Answer } from '../../kit/answer';
import { Page } from '../../kit/page';
import { When } from '../../kit/when';
import { useFilters } from '../parts/filters';
import { Older } from '../parts/older';
import { Rows } from '../parts/rows';
import { To } from '../parts/to';
import { usePromotions } from './data';
import { discount } from './discount';

const COLUMNS = ['Promotion', 'State', 'Discount', 'Begins', 'Ends', 'Held', 'Used', 'Quota'];

export function Promotions() {
  const { cursor } = useFilters();
  return (
    <Page title="Promotions">
      <Answer query={usePromotions(cursor)}>
        {({ items, nextCursor }) => (
          <Stack>
            <Rows label="Promotions" columns={COLUMNS} empty="There is no promotion." minWidth={900}>
              {items.map((promotion) => (
                <Table.Tr key={promotion.id}>
                  <Table.Td>
                    <To path={`/promotions/${encodeURIComponent(promotion.id)}`}>{promotion.name}</To>
                  </Table.Td>
                  <Table.Td>{promotion.state}</Table.Td>
                  <Table.Td>{discount(promotion)}</Table.Td>
                  <Table.Td>
                    <When at={promotion.startsAt} />
                  </Table.Td>
                  <Table.Td>
                    <When at={promotion.endsAt} />
                  </Table.Td>
                  <Table.Td>{promotion.held}</Table.Td>
                  <Table.Td>{promotion.used}</Table.Td>
                  <Table.Td>{promotion.totalQuota ?? 'none'}</Table.Td>
                </Table.Tr>
              ))}
            </Rows>
            <Older next={nextCursor} label="More" />
          </Stack>
        )}
      </Answer>
    </Page>
  );
}
