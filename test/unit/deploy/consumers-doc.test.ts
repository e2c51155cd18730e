import { CONSUMER_NAMES } from '../../../src/consumers/names';
import { fenced, tableRows, text, ticked } from './support/documents';

const DOCUMENT = text('docs/consumers.md');
const MOST_LINES = 30;

describe('docs/consumers.md', () => {
  it('shows the example as it is tested, in as many lines as it promises', () => {
    const [example] = fenced(DOCUMENT, 'ts');
    expect(example?.trim()).toBe(text('test/examples/store-sales.ts').trim());
    expect(example?.trim().split('\n').length).toBeLessThanOrEqual(MOST_LINES);
  });

  it('describes exactly the consumers that are shipped', () => {
    const described = tableRows(DOCUMENT, 'consumer').map(([name]) => ticked(name)[0]);
    expect(described).toEqual(CONSUMER_NAMES);
  });
});
