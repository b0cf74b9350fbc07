import { encodeJson, sequenceNumberOf, ZnodeJson } from './znode-json.ts'

export const configChangesPath = '/config/changes'

const prefix = 'config_change_'

/** The path to create a notification at; ZooKeeper puts its number behind it. */
export const configChangeSequencePath = `${configChangesPath}/${prefix}`

export function configChangePath(name: string): string {
  return `${configChangesPath}/${name}`
}

/** The notification's number, or undefined if the name is not one. */
export function configChangeNumber(name: string): number | undefined {
  return sequenceNumberOf(name, prefix)
}

/** `entityPath` is below /config, e.g. `topics/t1` or `brokers/<default>`. */
export function encodeConfigChange(entityPath: string): Buffer {
  return encodeJson({ version: 2, entity_path: entityPath })
}

/** The path below /config of what changed; version 1 named type and entity apart. */
export function decodeConfigChange(name: string, data: Buffer | null): string {
  const json = ZnodeJson.parse(configChangePath(name), data)
  return json.integer('version') === 1
    ? `${json.string('entity_type')}/${json.string('entity_name')}`
    : json.string('entity_path')
}
