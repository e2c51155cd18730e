/** The part of a structured logger (pino's shape) that is used. Fields hold ids and amounts, never secrets or personal data. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
