import { type Logger as PinoLogger, pino } from 'pino';

/** Fields that must never be written, wherever they stand. */
const REDACTED = ['authorization', 'req.headers.authorization', 'err.config', '*.apiKey', '*.privateKey', '*.password'];

/**
 * Structured log lines on standard output, or wherever `destination` leads. `fields` answers, for each line, what else it says
 * of where it was written: a fresh object, which the line's own fields come before.
 */
export function createLogger(
  level: string,
  destination?: { write(line: string): void },
  fields?: () => Record<string, unknown>,
): PinoLogger {
  const options = {
    level,
    redact: { paths: REDACTED, censor: '[redacted]' },
    base: undefined,
    ...(fields && { mixin: fields }),
  };
  return destination ? pino(options, destination) : pino(options);
}
