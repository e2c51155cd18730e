/**
 * Evaluated once per worker thread, before any workflow, and then shared by all of them: no module of workflows keeps state
 * of its own. Otherwise each order would evaluate all of them anew, and keep the result in memory while it is cached.
 */
import './index';

/**
 * The SDK takes a stack trace for every promise, to be able to show where a workflow waits: a third of the CPU that a
 * workflow costs the worker. The current details tell that in words. Who needs traces takes this line out.
 */
Error.stackTraceLimit = 0;
