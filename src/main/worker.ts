import { fail, runProcess } from './process';

/** A worker of order workflows and their activities. */
runProcess({ api: false, worker: true }).catch(fail);
