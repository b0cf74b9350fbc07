import { OdradekError } from '@odradek/base'

/** An invariant of the system does not hold; the message begins with the invariant's name. */
export class InvariantViolation extends OdradekError<'INVARIANT_VIOLATED'> {
  readonly invariant: string

  constructor(invariant: string, what: string) {
    super('INVARIANT_VIOLATED', `${invariant}: ${what}`)
    this.invariant = invariant
  }
}
