import { load, main, setUp, SetupError } from './lib/setup.mjs';

/** `node scripts/run.mjs FILE [arguments]`: sets up what is missing, then runs a TypeScript program of this project. */
main(async () => {
  await setUp();
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) throw new SetupError('usage: node scripts/run.mjs FILE [arguments]');
  process.argv.splice(1, process.argv.length, file, ...args); // what the program would see, run directly
  load(file);
});
