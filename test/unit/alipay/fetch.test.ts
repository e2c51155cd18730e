import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
/** Which agent fetch goes through, after loading a module: whether it is the one that Node had made by itself. */
const PROGRAM = `
  const agent = () => globalThis[Symbol.for('undici.globalDispatcher.1')];
  require(process.argv[1]);
  const loaded = agent();
  const { Agent } = require('undici');
  process.stdout.write(String(loaded instanceof Agent));
`;
const swapsAgent = (module: string): string =>
  execFileSync(process.execPath, ['--import', 'tsx', '-e', PROGRAM, module], { cwd: ROOT, encoding: 'utf8' });

test("loading the SDK swaps the process's fetch agent; loading the adapter does not", () => {
  expect(swapsAgent('alipay-sdk')).toBe('true');
  expect(swapsAgent(join(ROOT, 'src/adapters/gateway/alipay/gateway.ts'))).toBe('false');
});
