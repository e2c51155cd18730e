import { INITIAL_STATUS, isTerminal, ORDER_STATUSES, ORDER_TRANSITIONS } from '../../../src/domain/order-status';
import { fenced, text } from './support/documents';

/** Arrows of the one state diagram, `[*]` included. */
function diagramArrows(): { from: string; to: string }[] {
  const diagrams = fenced(text('docs/architecture.md'), 'mermaid').filter((code) => code.startsWith('stateDiagram-v2'));
  expect(diagrams).toHaveLength(1);
  return [...(diagrams[0] ?? '').matchAll(/^ *(\S+) --> ([^\s:]+)/gm)].map(([, from = '', to = '']) => ({ from, to }));
}

describe('the state diagram of docs/architecture.md', () => {
  const named = (arrows: { from: string; to: string }[]) => arrows.map(({ from, to }) => `${from} --> ${to}`).sort();

  it('has exactly the arrows of ORDER_TRANSITIONS', () => {
    const table = Object.entries(ORDER_TRANSITIONS).flatMap(([from, tos]) => tos.map((to) => ({ from, to })));
    const drawn = diagramArrows().filter(({ from, to }) => from !== '[*]' && to !== '[*]');
    expect(named(drawn)).toEqual(named(table));
  });

  it('begins and ends where the table does', () => {
    const arrows = diagramArrows();
    expect(arrows.filter(({ from }) => from === '[*]').map(({ to }) => to)).toEqual([INITIAL_STATUS]);
    const ends = arrows.filter(({ to }) => to === '[*]').map(({ from }) => from);
    expect(ends.sort()).toEqual(ORDER_STATUSES.filter(isTerminal).sort());
  });
});
