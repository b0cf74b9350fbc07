import type { ConfigEntityType } from '../znodes/config-entity.ts'
import { configEntityPath, decodeConfigEntity, encodeConfigEntity } from '../znodes/config-entity.ts'
import { controllerPath } from '../znodes/controller.ts'
import { ensureZnode, unless } from './ensure-znodes.ts'
import type { ZooKeeperSession } from './zookeeper-session.ts'

const ATTEMPTS_MAX = 10

/** What is set for an entity, by name as it stands in the path. */
export async function readConfigEntity(
  session: ZooKeeperSession,
  type: ConfigEntityType,
  name: string,
): Promise<Map<string, string>> {
  const path = configEntityPath(type, name)
  const result = await session.run((client) => unless(client.getData(path), 'NO_NODE'))
  return decodeConfigEntity(path, result?.data ?? null)
}

/** Sets all that an entity has. The controller must not change meanwhile: that is how Kafka keeps a migration to KRaft apart. */
export async function writeConfigEntity(
  session: ZooKeeperSession,
  type: ConfigEntityType,
  name: string,
  config: ReadonlyMap<string, string>,
): Promise<void> {
  const path = configEntityPath(type, name)
  const data = encodeConfigEntity(config)
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const isWritten = await session.run(async (client) => {
      const controller = await unless(client.getData(controllerPath), 'NO_NODE')
      if (controller === undefined) return (await unless(client.setData(path, data), 'NO_NODE')) !== undefined
      const outcome = await client.multi([
        { op: 'check', path: controllerPath, version: controller.stat.version },
        { op: 'setData', path, data },
      ])
      return outcome.committed ? true : outcome.failedIndex === 0 ? undefined : false
    })
    if (isWritten === true) return
    if (isWritten === undefined) continue
    const created = await session.run((client) => unless(client.create(path, data), 'NODE_EXISTS'))
    if (created !== undefined) return
  }
  throw new Error(`${path} could not be written: the controller changes all the time`)
}

/**
 * Changes what stands at a path below /config, made when it is missing, from what it holds: nobody else's change is lost. When `change`
 * throws, all stays as it is.
 */
export async function changeConfig(
  session: ZooKeeperSession,
  entityPath: string,
  change: (config: Map<string, string>) => void,
): Promise<void> {
  const path = `/config/${entityPath}`
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const isWritten = await session.run(async (client) => {
      const read = await unless(client.getData(path), 'NO_NODE')
      const config = decodeConfigEntity(path, read?.data ?? null)
      change(config)
      if (read === undefined) {
        await ensureZnode(client, path, encodeConfigEntity(new Map()))
        return false
      }
      const written = client.setData(path, encodeConfigEntity(config), read.stat.version)
      return (await unless(written, 'BAD_VERSION', 'NO_NODE')) !== undefined
    })
    if (isWritten) return
  }
  throw new Error(`${path} could not be written: others change it all the time`)
}
