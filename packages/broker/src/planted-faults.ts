import type { StorageFaults } from '@odradek/storage'

/** Defects that a test plants in a broker to prove that the simulation finds such. Nothing but a test ever asks for them. */
export interface BrokerFaults extends StorageFaults {
  /** Answers a change of a configuration before this broker has taken it over. */
  readonly answerBeforeShown?: true
  /** Answers every tenth commit of offsets without having written it. */
  readonly dropCommit?: true
}
