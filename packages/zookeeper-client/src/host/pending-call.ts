import type { ByteReader, ByteWriter } from '@odradek/base'
import { ZooKeeperError, zooKeeperErrorOf } from '@odradek/zookeeper-protocol'
import type { OpCode, ZooKeeperErrorName } from '@odradek/zookeeper-protocol'
import type { Call } from '../core/call.ts'

/** What a request of this kind is and what its answer means. */
export interface CallOptions<T> {
  readonly type: OpCode
  /** For the message of an error: "create /a". */
  readonly title: string
  encode(writer: ByteWriter): void
  decode(body: ByteReader): T
  readonly watch?: Call['watch']
}

/** A request whose caller waits for a promise. */
export class PendingCall<T> implements Call {
  readonly type: OpCode
  readonly watch: Call['watch']
  readonly promise: Promise<T>
  readonly #options: CallOptions<T>
  readonly #resolve: (value: T) => void
  readonly #reject: (error: Error) => void

  constructor(options: CallOptions<T>) {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#options = options
    this.type = options.type
    this.watch = options.watch
    this.promise = promise
    this.#resolve = resolve
    this.#reject = reject
  }

  encode(writer: ByteWriter): void {
    this.#options.encode(writer)
  }

  /** Settles the promise by the reply. A body that cannot be read rejects it with MARSHALLING_ERROR. */
  answered(err: number, body: ByteReader): void {
    if (err !== 0) {
      const { name, text } = zooKeeperErrorOf(err)
      return this.failed(name, text)
    }
    let value: T
    try {
      value = this.#options.decode(body)
    } catch (error) {
      return this.failed('MARSHALLING_ERROR', `the answer cannot be read: ${String(error)}`)
    }
    this.#resolve(value)
  }

  failed(name: ZooKeeperErrorName, reason: string): void {
    this.#reject(new ZooKeeperError(name, `${this.#options.title}: ${reason}`))
  }
}
