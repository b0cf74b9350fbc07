/** One side of a SASL exchange: pure, fed with what the broker says. */
export interface SaslExchange {
  /** What to send first. */
  begin(): Buffer
  /** What to answer; undefined when nothing is left to say. Throws `ClientError` AUTHENTICATION_FAILED. */
  answer(challenge: Buffer): Buffer | undefined
}

/** A mechanism with the credentials in it: makes an exchange for every connection, and for every time that its session is renewed. */
export interface SaslMechanism {
  readonly name: string
  start(): Promise<SaslExchange>
}
