/** The members of an answer's outer object, each with its value's text exactly as it came. */
export type RawMembers = ReadonlyMap<string, string>;

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const SPACE = /[ \t\r\n]*/y;
const SCALAR = /[^\s,{}[\]":]+/y;

/**
 * Splits an answer (`{"alipay_trade_close_response":{…},"sign":"…"}`) into its outer members without re-serialising
 * anything: the signature covers the member's raw text, and only the text that was verified may be parsed afterwards.
 * Null for anything but one JSON object whose outer keys are plain (no escapes) and unique: with `\u0065` in a key, or
 * with a key twice, what a JSON parser reads and what was signed could be two different things.
 */
export function rawMembers(text: string): RawMembers | null {
  const scanner = new Scanner(text);
  const members = new Map<string, string>();
  if (!scanner.take('{')) return null;
  do {
    const key = scanner.string()?.slice(1, -1) ?? null;
    if (key === null || key.includes('\\') || members.has(key) || !scanner.take(':')) return null;
    const value = scanner.value();
    if (value === null) return null;
    members.set(key, value);
  } while (scanner.take(','));
  return scanner.take('}') && scanner.atEnd() ? members : null;
}

/** Finds where values end; that they are JSON is for the parser to say, of the verified text. */
class Scanner {
  private at = 0;

  constructor(private readonly text: string) {}

  take(character: string): boolean {
    this.match(SPACE);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  string(): string | null {
    this.match(SPACE);
    return this.match(STRING);
  }

  /** The raw text of a string, object, array or scalar. */
  value(): string | null {
    this.match(SPACE);
    const start = this.at;
    let depth = 0;
    do {
      const character = this.text[this.at];
      if (character === undefined) return null;
      if (character === '"') {
        if (this.match(STRING) === null) return null;
      } else if (character === '{' || character === '[') {
        depth += 1;
        this.at += 1;
      } else if (character === '}' || character === ']') {
        depth -= 1;
        this.at += 1;
      } else if (depth === 0) {
        return this.match(SCALAR);
      } else this.at += 1;
    } while (depth > 0);
    return depth === 0 ? this.text.slice(start, this.at) : null;
  }

  atEnd(): boolean {
    this.match(SPACE);
    return this.at === this.text.length;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.at += found?.length ?? 0;
    return found;
  }
}
