import { load, main, setUp } from './lib/setup.mjs';

/** `npm start`: sets up what is missing, then runs everything on this machine. */
main(async () => {
  await setUp();
  load('src/main/dev.ts');
});
