/** One request on its way to one broker. */
export interface SentRequest {
  /** `host:port`. */
  readonly broker: string
  readonly clientId: string
  readonly apiKey: number
  /** As Kafka names the request, such as `ProduceRequest`. */
  readonly name: string
  readonly apiVersion: number
  readonly correlationId: number
  /** Wall milliseconds. */
  readonly sentAtMs: number
}

/** Is told of every request of a client. Called in the middle of its work: it must return at once and not throw. */
export interface RequestObserver {
  /** The answer came; `sizeBytes` of it without its length. 0 for a request that is not answered. */
  answered?(request: SentRequest, durationMs: number, sizeBytes: number): void
  /** No answer came in time. */
  timedOut?(request: SentRequest): void
  /** So many requests wait to be sent to the broker. */
  waiting?(broker: string, clientId: string, count: number): void
}
