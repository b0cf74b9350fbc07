import type { Env } from '@odradek/base'
import { ClientError, KafkaError, Producer } from '@odradek/client'
import type { HistoryRecorder, OpenOperation, Outcome } from '@odradek/history'
import type { RunningServer } from '../service.ts'
import type { World } from '../world.ts'

export interface HistoryProducerOptions {
  readonly name: string
  readonly bootstrap: string
  readonly topic: string
  readonly partitionCount: number
  readonly recorder: HistoryRecorder
}

const recordsMax = 5
const valueBytesMax = 1_500
const pauseMsMax = 400

/** The client's producer, with a new life after every crash. Sends values that occur only once, without waiting for what it has sent before. */
export class HistoryProducer {
  readonly #world: World
  readonly #options: HistoryProducerOptions
  #lives = 0
  #isStopping = false
  #finished: Promise<void> | undefined

  constructor(world: World, options: HistoryProducerOptions) {
    this.#world = world
    this.#options = options
  }

  /** A life: until the process ends, or `finish`. */
  boot(env: Env): Promise<RunningServer> {
    const life = this.#lives++
    const { recorder, bootstrap } = this.#options
    if (life > 0) recorder.crashed(this.#options.name)
    const random = this.#world.random.fork(`${this.#options.name} ${life}`)
    const producer = new Producer(env, {
      'bootstrap.servers': [bootstrap],
      'request.timeout.ms': 2000,
      'delivery.timeout.ms': random.pick([4000, 120_000]),
      'linger.ms': random.pick([0, 5, 50]),
      'max.block.ms': random.pick([2000, 60_000]),
      'compression.type': random.pick(['none', 'lz4', 'gzip']),
    })
    const run = async (): Promise<void> => {
      for (let number = 0; !this.#isStopping;) {
        const partition = random.integer(this.#options.partitionCount)
        for (let left = 1 + random.integer(recordsMax); left > 0; left--) {
          const padding = 'x'.repeat(random.integer(valueBytesMax))
          this.#send(producer, partition, `${this.#options.name}.${life}.${number++} ${padding}`)
        }
        await new Promise<void>((resolve) => void env.timers.after(random.between(0, pauseMsMax), resolve))
      }
      await producer.close()
    }
    this.#finished = this.#world.spawn(run())
    return Promise.resolve({ stop: () => producer.close() })
  }

  #send(producer: Producer, partition: number, value: string): void {
    const { recorder, topic, name } = this.#options
    const operation = recorder.begin(name, 'send')
    const [place = 0] = operation.send([{ partition: `${topic}-${partition}`, value: nameOf(value) }])
    producer.send({ topic, partition, value }, (error, metadata) => {
      this.#settle(operation, place, error, metadata?.offset)
    })
  }

  #settle(operation: OpenOperation, place: number, error: Error | undefined, offset: number | undefined): void {
    if (error === undefined) {
      if (offset !== undefined && offset >= 0) operation.place(place, offset)
      this.#world.count('records acknowledged')
      return operation.end('ok')
    }
    const outcome = outcomeOf(error)
    this.#world.count(`sends that are ${outcome}`)
    operation.end(outcome)
  }

  /** Ends the life that is under way; resolves when all that was sent has an outcome. */
  async finish(): Promise<void> {
    this.#isStopping = true
    await this.#finished
  }
}

/** What a record is known by in a history: without what only makes it long. */
export function nameOf(value: string): string {
  return value.slice(0, value.indexOf(' '))
}

/** What the client's documentation says of an error: nobody knows, or it was certainly not written. */
function outcomeOf(error: Error): Outcome {
  if (error instanceof KafkaError) return error.retriable ? 'unknown' : 'failed'
  return error instanceof ClientError && error.code === 'BUFFER_FULL' ? 'failed' : 'unknown'
}
