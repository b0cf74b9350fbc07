import { encodeJson, ZnodeJson } from './znode-json.ts'

export type ConfigEntityType = 'topics' | 'brokers' | 'clients' | 'users' | 'ips' | 'groups' | 'client-metrics'

/** The entity that stands for all of its type. */
export const DEFAULT_ENTITY = '<default>'

export function configEntitiesPath(type: ConfigEntityType): string {
  return `/config/${type}`
}

/** `name` as it stands in the path: sanitized for clients and users, plain for topics, brokers and `<default>`. */
export function configEntityPath(type: ConfigEntityType, name: string): string {
  return `${configEntitiesPath(type)}/${name}`
}

export function encodeConfigEntity(config: ReadonlyMap<string, string>): Buffer {
  return encodeJson({ version: 1, config: Object.fromEntries(config) })
}

/** The values in the order in which they stand; an empty znode is an entity without values. */
export function decodeConfigEntity(path: string, data: Buffer | null): Map<string, string> {
  if (data === null || data.length === 0) return new Map()
  const config = ZnodeJson.parse(path, data).object('config')
  return new Map(config.keys().map((name) => [name, config.string(name)]))
}
