import { OdradekError } from './error.ts'

/** An invariant of our own code does not hold: a defect, never the fault of what came from outside. */
export class AssertionError extends OdradekError<'ASSERTION'> {}

/** Stops the program at the cause when an invariant is broken. Always on. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError('ASSERTION', message)
}

/** The end of a `switch` over a union: the compiler proves that nothing arrives here. */
export function unreachable(value: never): never {
  throw new AssertionError('ASSERTION', `unreachable: ${String(value)}`)
}
