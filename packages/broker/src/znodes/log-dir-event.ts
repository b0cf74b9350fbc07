import { encodeJson, ZnodeJson } from './znode-json.ts'

/** Where a broker says that one of its log directories failed. */
export const logDirEventNotificationPath = '/log_dir_event_notification'

/** The path to create a notification at; ZooKeeper puts its number behind it. */
export const logDirEventSequencePath = `${logDirEventNotificationPath}/log_dir_event_`

export function logDirEventPath(name: string): string {
  return `${logDirEventNotificationPath}/${name}`
}

/** Event 1, the only one: a directory failed. */
export function encodeLogDirEvent(brokerId: number): Buffer {
  return encodeJson({ version: 1, broker: brokerId, event: 1 })
}

/** The broker whose directory failed. */
export function decodeLogDirEvent(name: string, data: Buffer | null): number {
  return ZnodeJson.parse(logDirEventPath(name), data).integer('broker')
}
