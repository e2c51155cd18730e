import { fail, runProcess } from '../../src/main/process';

/** API and worker in one process: what `npm start` runs, without the servers that it brings along. */
runProcess({ api: true, worker: true }).catch(fail);
