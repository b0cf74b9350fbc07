/**
 * The base of every error that Odradek's own code throws: one class per domain over a union of codes, no tree of subclasses.
 * The message is for a person: the cause, and the next step where there is one.
 */
export class OdradekError<Code extends string = string> extends Error {
  readonly code: Code

  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}
