import { OpCode } from '@odradek/zookeeper-protocol'
import type { Request } from '../request.ts'

export interface RequestThrottleOptions {
  /** So many requests may be under way in the pipeline; 0 sets no limit, and nothing ever waits here. */
  readonly requestsUnderWayMax: number
  /** Requests that nobody waits for any more are dropped, with their connections. */
  readonly dropStaleRequests: boolean
  /** A request whose connection is closed is stale. */
  readonly closedIsStale: boolean
  /** A request that has waited longer than its session's time-out is stale. */
  readonly slowIsStale: boolean
  /** Who has waited for longer than this is told so instead of being served; 0 sets no limit. */
  readonly throttledOpWaitTimeMs: number
}

export interface RequestThrottleOutputs {
  isFull(): boolean
  forward(request: Request): void
  /** It waited for so long before it went on. */
  waited(durationMs: number): void
  /** It is stale: its connection has to end, so that what came behind it is not served in its place. */
  dropped(request: Request): void
  /** It goes on although nobody may wait for it any more. */
  stale(): void
  /** It will be answered that the server is too busy. */
  throttled(): void
}

/**
 * Where requests wait, in their order, while the pipeline has enough to do (ZooKeeper's RequestThrottler). It adds to the back pressure on connections,
 * which lets one request of each connection through.
 */
export class RequestThrottle {
  readonly #options: RequestThrottleOptions
  readonly #outputs: RequestThrottleOutputs
  #waiting: { readonly request: Request; readonly sinceMs: number }[] = []

  constructor(options: RequestThrottleOptions, outputs: RequestThrottleOutputs) {
    this.#options = options
    this.#outputs = outputs
  }

  get waitingCount(): number {
    return this.#waiting.length
  }

  submit(request: Request, nowMs: number): void {
    if (this.#options.requestsUnderWayMax === 0) {
      if (this.#isStale(request, nowMs)) this.#outputs.stale()
      return this.#outputs.forward(request)
    }
    this.#waiting.push({ request, sinceMs: nowMs })
    this.resume(nowMs)
  }

  /** The pipeline has less to do than before. */
  resume(nowMs: number): void {
    let count = 0
    for (const { request, sinceMs } of this.#waiting) {
      if (this.#options.dropStaleRequests && this.#isStale(request, nowMs)) {
        this.#outputs.dropped(request)
      } else if (this.#outputs.isFull()) {
        break
      } else {
        this.#forward(request, nowMs, nowMs - sinceMs)
      }
      count++
    }
    if (count > 0) this.#waiting = this.#waiting.slice(count)
  }

  #forward(request: Request, nowMs: number, waitedMs: number): void {
    const { throttledOpWaitTimeMs } = this.#options
    if (this.#isStale(request, nowMs)) this.#outputs.stale()
    this.#outputs.waited(waitedMs)
    const isThrottled = throttledOpWaitTimeMs > 0 && waitedMs > throttledOpWaitTimeMs && mayBeRefused(request)
    if (!isThrottled) return this.#outputs.forward(request)
    this.#outputs.throttled()
    this.#outputs.forward({ ...request, isThrottled })
  }

  #isStale({ type, client, receivedMs }: Request, nowMs: number): boolean {
    // Closing a session outlives its connection.
    if (client === undefined || type === OpCode.closeSession) return false
    if (this.#options.closedIsStale && client.isClosed) return true
    return this.#options.slowIsStale && nowMs - receivedMs > client.timeoutMs
  }
}

function mayBeRefused({ type }: Request): boolean {
  return type !== OpCode.ping && type !== OpCode.closeSession && type !== OpCode.createSession
}
