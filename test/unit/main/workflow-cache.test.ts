import { workflowsThatFit } from '../../../src/main/workflow-cache';

const MIB = 1024 * 1024;

describe('workflows that a worker keeps in memory', () => {
  it.each([
    ['the heap of a container of 1 GiB', 512, 873],
    ['of one of 2 GiB', 1_024, 1_747],
    ['of a large machine: no more than were measured', 4_144, 5_000],
    ['no heap to speak of: one, for none at all is no cache', 0.1, 1],
  ])('%s', (_, mib, workflows) => {
    expect(workflowsThatFit(mib * MIB)).toBe(workflows);
  });
});
