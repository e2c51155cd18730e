import { type Actor } from '../domain/access';
import {
  type CaseState,
  type FindingCode,
  type FoundDetails,
  type Finding,
  type ReconcileClass,
  type ReconcileSubject,
} from '../domain/reconcile';
import { type Page } from './catalogue';

/** Something that did not agree, as people see it. */
export interface ReconcileCase {
  /** `case_…` */
  readonly id: string;
  readonly class: ReconcileClass;
  readonly code: FindingCode;
  readonly subject: ReconcileSubject;
  /** What was found, as of `lastSeenAt`. */
  readonly found: FoundDetails;
  readonly meaning: string;
  readonly advice: string;
  readonly state: CaseState;
  /** RFC 3339, like all times here. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** When it ceased to be open; null while it is. */
  readonly settledAt: string | null;
  /** Who resolved or ignored it; null where nobody has. */
  readonly resolvedBy: string | null;
  /** What was done about it. */
  readonly note: string | null;
}

/** What one run did, per class. */
export interface ClassTally {
  readonly class: ReconcileClass;
  /** Subjects that were compared. */
  readonly checked: number;
  readonly mended: number;
  readonly opened: number;
  /** The comparison could not be finished; the log says why. */
  readonly failed: boolean;
}

/** How far a run has got with a class. */
export interface ClassProgress {
  readonly checked: number;
  readonly failed?: true;
}
export type RunProgress = Readonly<Partial<Record<ReconcileClass, ClassProgress>>>;

export interface ReconcileRun {
  /** `rec_…` */
  readonly id: string;
  readonly startedAt: string;
  /** Null while it runs. */
  readonly endedAt: string | null;
  /** Facts of this span were compared with the gateways; everything else is compared whole. */
  readonly window: { readonly from: string; readonly to: string };
  /** What it is at: a class, `second look`, `housekeeping`; null once it ended. */
  readonly at: string | null;
  readonly classes: readonly ClassTally[];
}

export interface CaseQuery {
  readonly state?: CaseState | undefined;
  readonly class?: ReconcileClass | undefined;
  readonly cursor: string | null;
  readonly limit: number;
}

/** A person's word on a case. */
export interface CaseDecision {
  readonly id: string;
  readonly actor: Pick<Actor, 'id' | 'name'>;
  readonly note: string;
}

/** Cases and runs, for people. */
export interface ReconciliationCases {
  /** Latest first. */
  list(query: CaseQuery): Promise<Page<ReconcileCase>>;
  find(id: string): Promise<ReconcileCase | null>;
  /** The person has dealt with it; opened anew only where something else is found of the same subject. Null: no open case has this id. */
  resolve(decision: CaseDecision): Promise<ReconcileCase | null>;
  /** It is meant to be so: never opened again. Null: no open case has this id. */
  ignore(decision: CaseDecision): Promise<ReconcileCase | null>;
  /** Latest first. */
  runs(limit: number): Promise<readonly ReconcileRun[]>;
  findRun(id: string): Promise<ReconcileRun | null>;
  /** Open cases per class, for the metric. */
  openPerClass(): Promise<ReadonlyMap<ReconcileClass, number>>;
  /** Seconds since a run ended; null where none has. */
  lastRunAgeSeconds(): Promise<number | null>;
}

/** The durable process of reconciliation. */
export interface Reconciliation {
  /** Starts a run now; while one is under way, that one is answered. Throws `not_ready` where no worker takes it in time. */
  runNow(): Promise<{ readonly runId: string }>;
}

/** Where a page of a comparison begins (null: at the start), or which subjects are to be compared once more. */
export type Scope =
  | {
      readonly t: 'page';
      readonly after: string | null;
      readonly window: { readonly from: string; readonly to: string };
    }
  | { readonly t: 'subjects'; readonly subjects: readonly ReconcileSubject[] };

/** What a comparison came to. `next`: where the following page begins; null after the last one. */
export interface Examined {
  readonly checked: number;
  readonly findings: readonly Finding[];
  /** Of these nothing is known now: whoever had to be asked did not answer. */
  readonly unanswered?: readonly ReconcileSubject[];
  readonly next: string | null;
}

/** A finding that is looked at for the second time, or a case that is open. */
export interface Suspicion extends Finding {
  readonly id: string;
  readonly state: 'suspected' | 'open';
  /** How often the same was mended within the last day. */
  readonly mends: number;
}

/** What a second look decides. `cleared`: it is gone. */
export type Verdict =
  | { readonly t: 'cleared' }
  | { readonly t: 'mended'; readonly note: string }
  | { readonly t: 'open'; readonly found: FoundDetails };

/** The books of the runs themselves. Every method may be repeated. */
export interface ReconcileBooks {
  /**
   * Begins the run of that process, or answers the one that is under way instead (`joined`). A run that nobody touched for
   * ten minutes has been abandoned and is ended.
   */
  begin(processId: string): Promise<BegunRun>;
  /** Where the run is, and how far it has got per class. */
  note(runId: string, at: string, progress: RunProgress): Promise<void>;
  /** Keeps what a first look found for the second; what is ignored, or resolved as it is found, is left out. Answers how many. */
  suspect(findings: readonly Finding[]): Promise<number>;
  /** What a first look left, and the cases that are open, in the order of their ids. */
  suspicions(after: string | null, limit: number): Promise<readonly Suspicion[]>;
  /** Carries a verdict out; answers whether a case was opened by it. */
  settle(runId: string, suspicion: Suspicion, verdict: Verdict): Promise<boolean>;
  end(runId: string, progress: RunProgress): Promise<void>;
  /** Deletes a bounded number of rows that nothing needs any more; answers how many. */
  prune(olderThanDays: number): Promise<number>;
}

export interface BegunRun {
  readonly runId: string;
  readonly joined: boolean;
  readonly window: { readonly from: string; readonly to: string };
}
