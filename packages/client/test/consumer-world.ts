import type { Env, Logger } from '@odradek/base'
import { Consumer } from '../src/index.ts'
import type { ConsumerRecord } from '../src/index.ts'
import type { ClientWorld } from './client-world.ts'

type Given = ConstructorParameters<typeof Consumer>[1]

/** A consumer of the group `billing` that begins at the beginning; on the machine `client`, or on one of its own. `onWarning` hears its warnings too. */
export function consumerIn(
  world: ClientWorld,
  given: Given = {},
  machine = 'client',
  onWarning?: (text: string) => void,
): Consumer {
  const { env }: { env: Env } = world.simulation.machine(machine)
  return new Consumer(onWarning === undefined ? env : { ...env, log: warningsTo(env.log, onWarning) }, {
    'bootstrap.servers': world.bootstrapServers,
    'group.id': 'billing',
    'auto.offset.reset': 'earliest',
    ...given,
  })
}

function warningsTo(log: Logger, onWarning: (text: string) => void): Logger {
  return {
    debug: (...line) => log.debug(...line),
    info: (...line) => log.info(...line),
    warn: (...line) => {
      onWarning(line[0])
      log.warn(...line)
    },
    error: (...line) => log.error(...line),
    isEnabled: (level) => log.isEnabled(level),
    levels: log.levels,
    child: (...given) => warningsTo(log.child(...given), onWarning),
  }
}

/** The values of the next records; the last one is committed. */
export async function take(consumer: Consumer, count: number): Promise<string[]> {
  const values: string[] = []
  for await (const record of consumer) {
    values.push(String(record.value))
    if (values.length < count) continue
    if (consumer.config['group.id'] !== undefined) await consumer.commitRecord(record)
    break
  }
  return values
}

/** What members have processed, and whether two ever worked on one partition at the same time. */
export class Ledger {
  readonly processed = new Map<string, string[]>()
  readonly #working = new Map<string, string>()
  /** Partitions on which two members were at once. */
  readonly overlaps: string[] = []

  begin(member: string, { topic, partition }: ConsumerRecord): void {
    const key = `${topic}-${partition}`
    const other = this.#working.get(key)
    if (other !== undefined && other !== member) this.overlaps.push(`${key}: ${other} and ${member}`)
    this.#working.set(key, member)
  }

  end(member: string, record: ConsumerRecord): void {
    const key = `${record.topic}-${record.partition}`
    if (this.#working.get(key) === member) this.#working.delete(key)
    const id = `${key}@${record.offset}`
    const known = this.processed.get(id)
    if (known === undefined) this.processed.set(id, [member])
    else known.push(member)
  }

  /** How many times records were processed beyond the first. */
  get repeats(): number {
    return [...this.processed.values()].reduce((sum, members) => sum + members.length - 1, 0)
  }
}
