import { join } from 'node:path';
import { type FaultOp } from '../faults/catalogue';
import { type Answer } from '../faults/http-faults';
import { Journal } from '../state/journal';

/** An answer under an Idempotency-Key; `op` and `merchantNo` are what faults are matched by. */
export interface StoredAnswer extends Answer {
  readonly key: string;
  readonly op: FaultOp;
  readonly fingerprint: string;
  readonly merchantNo: string;
  /** RFC 3339. */
  readonly at: string;
}

/** Stripe may forget a key once it is a day old. */
export const KEY_LIFE_MS = 24 * 3_600_000;

/** Where events go. `createdAt` is RFC 3339. */
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  /** Types, or `*`. */
  readonly events: readonly string[];
  readonly createdAt: string;
}

/** What a refund has that the neutral core keeps no place for. `key`: the Idempotency-Key that asked for it. */
export interface RefundNote {
  readonly refundId: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly reason: string | null;
  readonly key: string | null;
}

type StripeRecord =
  | { readonly type: 'answer'; readonly answer: StoredAnswer }
  | { readonly type: 'endpoint'; readonly endpoint: Endpoint }
  | { readonly type: 'endpoint_deleted'; readonly id: string }
  | { readonly type: 'refund_note'; readonly note: RefundNote };

/**
 * What only Stripe remembers, in a journal of its own (`stripe/journal.jsonl`): answers under idempotency keys, webhook
 * endpoints, refund metadata. Journal first, memory second, in one synchronous step; await `synced` before answering.
 */
export class StripeRecords {
  private readonly answers = new Map<string, StoredAnswer>();
  private readonly endpointsById = new Map<string, Endpoint>();
  private readonly notes = new Map<string, RefundNote>();
  private readonly stopping = new AbortController();

  private constructor(private readonly journal: Journal) {}

  /** @throws when the journal is damaged before its last line */
  static open(dataDir: string, warn: (message: string) => void): StripeRecords {
    const { journal, records } = Journal.open(join(dataDir, 'stripe'), warn);
    const opened = new StripeRecords(journal);
    for (const record of records) opened.apply(record as StripeRecord);
    return opened;
  }

  /** What the key was answered, unless that is a day ago. */
  answer(key: string, nowMs: number): StoredAnswer | null {
    const stored = this.answers.get(key);
    return stored && nowMs - Date.parse(stored.at) < KEY_LIFE_MS ? stored : null;
  }

  keepAnswer(answer: StoredAnswer): void {
    this.commit({ type: 'answer', answer });
  }

  /** Oldest first. */
  endpoints(): Endpoint[] {
    return [...this.endpointsById.values()];
  }

  addEndpoint(endpoint: Endpoint): void {
    this.commit({ type: 'endpoint', endpoint });
  }

  deleteEndpoint(id: string): void {
    this.commit({ type: 'endpoint_deleted', id });
  }

  refundNote(refundId: string): RefundNote | null {
    return this.notes.get(refundId) ?? null;
  }

  refundNoteByKey(key: string): RefundNote | null {
    return [...this.notes.values()].findLast((note) => note.key === key) ?? null;
  }

  keepRefundNote(note: RefundNote): void {
    this.commit({ type: 'refund_note', note });
  }

  synced(): Promise<void> {
    return this.journal.synced();
  }

  /** Aborted when the sandbox stops. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** The sandbox, with its `close` ending what is on its way and closing this journal too. */
  closedWith<T extends { close(): Promise<void> }>(sandbox: T): T {
    let closing: Promise<void> | null = null;
    const close = async (): Promise<void> => {
      this.stopping.abort();
      await sandbox.close();
      await this.journal.close();
    };
    return { ...sandbox, close: () => (closing ??= close()) };
  }

  private commit(record: StripeRecord): void {
    this.journal.append(record);
    this.apply(record);
  }

  private apply(record: StripeRecord): void {
    switch (record.type) {
      case 'answer':
        this.answers.set(record.answer.key, record.answer);
        break;
      case 'endpoint':
        this.endpointsById.set(record.endpoint.id, record.endpoint);
        break;
      case 'endpoint_deleted':
        this.endpointsById.delete(record.id);
        break;
      case 'refund_note':
        this.notes.set(record.note.refundId, record.note);
        break;
    }
  }
}
