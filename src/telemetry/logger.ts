import { type Logger as PinoLogger, pino } from 'pino';

/** Fields that must never be written, wherever they stand. */
const REDACTED = ['authorization', 'req.headers.authorization', 'err.config', '*.apiKey', '*.privateKey', '*.password'];

/** Structured log lines on standard output, or wherever `destination` leads. */
export function createLogger(level: string, destination?: { write(line: string): void }): PinoLogger {
  const options = { level, redact: { paths: REDACTED, censor: '[redacted]' }, base: undefined };
  return destination ? pino(options, destination) : pino(options);
}
