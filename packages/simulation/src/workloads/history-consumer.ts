import type { Env } from '@odradek/base'
import { Consumer } from '@odradek/client'
import type { ConsumerBatch } from '@odradek/client'
import type { HistoryRecorder } from '@odradek/history'
import type { RunningServer } from '../service.ts'
import type { World } from '../world.ts'
import { nameOf } from './history-producer.ts'

export interface HistoryConsumerOptions {
  readonly name: string
  readonly bootstrap: string
  readonly topic: string
  readonly recorder: HistoryRecorder
  readonly config: ConstructorParameters<typeof Consumer>[1]
}

/** The client's consumer as a member of a group, with a new life after every crash. */
export class HistoryConsumer {
  readonly #world: World
  readonly #options: HistoryConsumerOptions
  #lives = 0
  #consumer: Consumer | undefined
  #isStopping = false

  constructor(world: World, options: HistoryConsumerOptions) {
    this.#world = world
    this.#options = options
  }

  boot(env: Env): Promise<RunningServer> {
    const { recorder, bootstrap, topic, name, config } = this.#options
    if (this.#lives++ > 0) recorder.crashed(name)
    if (this.#isStopping) return Promise.resolve({ stop: () => Promise.resolve() })
    const random = this.#world.random.fork(`${name} ${this.#lives}`)
    const consumer = new Consumer(env, { 'bootstrap.servers': [bootstrap], ...config })
    this.#consumer = consumer
    const held = new Set<string>()
    const changed = (): void => recorder.assigned(name, [...held])
    consumer.subscribe(topic, {
      assigned: (partitions) => {
        changed()
        for (const { partition } of partitions) held.add(`${topic}-${partition}`)
      },
      revoked: (partitions) => {
        for (const { partition } of partitions) held.delete(`${topic}-${partition}`)
        changed()
      },
    })
    const run = async (): Promise<void> => {
      for await (const batch of consumer.batches()) {
        recordPoll(recorder, name, batch)
        this.#world.count('batches consumed')
        await new Promise<void>((resolve) => void env.timers.after(random.between(0, 100), resolve))
      }
    }
    void this.#world.spawn(run())
    return Promise.resolve({ stop: () => consumer.close() })
  }

  /** Leaves the group. */
  async finish(): Promise<void> {
    this.#isStopping = true
    await this.#consumer?.close()
  }
}

/** Writes down what a batch has brought. */
export function recordPoll(
  recorder: HistoryRecorder,
  process: string,
  { topic, partition, records }: ConsumerBatch,
): void {
  const key = `${topic}-${partition}`
  recorder.polled(
    process,
    records.map(({ offset, value }) => ({ partition: key, offset, value: nameOf(String(value)) })),
  )
}
