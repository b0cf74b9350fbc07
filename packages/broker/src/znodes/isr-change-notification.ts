import { ZnodeJson } from './znode-json.ts'

/** Where brokers that do not know AlterPartition (before 2.7) say whose in-sync replicas they changed. */
export const isrChangeNotificationPath = '/isr_change_notification'

export function isrChangePath(name: string): string {
  return `${isrChangeNotificationPath}/${name}`
}

export function decodeIsrChange(
  name: string,
  data: Buffer | null,
): readonly { readonly topic: string; readonly partition: number }[] {
  return ZnodeJson.parse(isrChangePath(name), data)
    .objects('partitions')
    .map((item) => ({ topic: item.string('topic'), partition: item.integer('partition') }))
}
