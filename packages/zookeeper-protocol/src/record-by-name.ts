import type { JuteRecord } from './jute-record.ts'
import * as data from './records/data.ts'
import * as persistence from './records/persistence.ts'
import * as proto from './records/proto.ts'
import * as quorum from './records/quorum.ts'
import * as txn from './records/txn.ts'

const records = new Map<string, JuteRecord<unknown>>(
  [data, persistence, proto, quorum, txn]
    .flatMap((module) => Object.values(module) as unknown as JuteRecord<unknown>[])
    .map((definition) => [definition.name, definition]),
)

/** The definition of a record by ZooKeeper's class path without `org.apache.zookeeper.`, e.g. `proto.CreateRequest`. */
export function recordByName(name: string): JuteRecord<unknown> | undefined {
  return records.get(name)
}

export function recordNames(): string[] {
  return [...records.keys()]
}
