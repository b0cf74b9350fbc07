import type { Report } from './report.ts'

/** Who is judged: ours, or (to prove a judge) Apache's. */
export type TargetKind = 'odradek' | 'apache'

export interface JudgeContext {
  readonly report: Report
  readonly target: TargetKind
  /** How often a judge that does something again and again does it; its own choice by default. */
  readonly rounds: number | undefined
}

/** What each judge's `judge.ts` exports. A judge that throws counts as one more failed check. */
export interface JudgeModule {
  readonly judge: (context: JudgeContext) => Promise<void>
}
