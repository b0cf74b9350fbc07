/**
 * A generator of chance. Each component forks its own, so that what one draws does not shift what another draws
 * and a simulation stays comparable when a component is added.
 */
export interface Random {
  /** A float in [0, 1). */
  float(): number
  /** A whole number in [0, exclusiveMax), for exclusiveMax up to 2^32. */
  integer(exclusiveMax: number): number
  /** `length` random bytes in a new buffer (Node: from the system's secure generator). */
  bytes(length: number): Buffer
  /** An independent generator, named for the component that will draw from it. */
  fork(name: string): Random
}
