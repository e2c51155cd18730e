import { load, main, setUp } from './lib/setup.mjs';

/** Makes the Temporal CLI available, as `npm start` and `npm test` would, and prints where it is. */
main(async () => {
  await setUp();
  const { resolveTemporalCli, temporalCacheDir } = load('src/main/local/temporal-cli.ts');
  const log = (line) => process.stderr.write(`${line}\n`);
  const env = process.env;
  process.stdout.write(`${await resolveTemporalCli({ cacheDir: temporalCacheDir(env), env, log })}\n`);
});
