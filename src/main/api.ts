import { fail, runProcess } from './process';

/** The HTTP API, apart from the workers. */
runProcess({ api: true, worker: false }).catch(fail);
