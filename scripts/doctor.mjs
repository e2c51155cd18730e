import { load, standing } from './lib/setup.mjs';

/** What can be said before any package is loaded comes first; the rest needs the packages and the generated client. */
const args = process.argv.slice(2);
const before = standing();
/** Without these nothing of the program can be loaded; pages are of no use to it. */
const NEEDED = ['Node.js', 'dependencies', 'database client'];
if (before.some(({ level, what }) => level === 'fail' && NEEDED.includes(what))) {
  const lines = before.flatMap(({ level, what, found, todo }) => [
    `${level.padEnd(4)}  ${what.padEnd(12)}  ${found}`,
    ...(todo ? [`${' '.repeat(20)}→ ${todo}`] : []),
  ]);
  console.log(args.includes('--json') ? JSON.stringify(before, null, 2) : lines.join('\n'));
  process.exit(1);
}
const { doctor } = load('src/main/doctor.ts');
process.exit(await doctor(before, args));
