import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { Env } from '@odradek/base'
import type { ScramMechanism } from '@odradek/client'
import { ZooKeeperClient, ZooKeeperError } from '@odradek/zookeeper-client'
import type { ToolRun } from '../kafka-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { ToolArguments } from '../tool-options.ts'
import { ensureSet, parseChanges } from './changes.ts'
import type { ConfigChanges } from './changes.ts'
import type { ConfigTarget } from './entity.ts'
import { isScram, parseScram } from './scram.ts'

const sessionTimeoutMs = 30_000
const defaultEntity = '<default>'
const saltSizeBytes = 26
const brokersNotRunning =
  'Broker configuration operations using ZooKeeper are only supported if the affected broker(s) are not running.'

/**
 * What Kafka 3.9 allows past the brokers: SCRAM credentials of users, before there is a broker that could ask for them, and configurations of brokers
 * that are down. Passwords in configurations of brokers are refused: they would have to be encrypted.
 */
export async function configsThroughZooKeeper(
  connectString: string,
  target: ConfigTarget,
  given: ToolArguments,
  tool: ToolRun,
): Promise<number> {
  const env = await tool.env()
  const client = new ZooKeeperClient(env, { connectString, sessionTimeoutMs })
  await client.connect()
  try {
    if (given.has('describe')) await describe(client, target, tool)
    else await alter(env, client, target, await parseChanges(given, tool), tool)
    return 0
  } finally {
    await client.close()
  }
}

/** The znode's path below /config, and how the entity is called in what is printed. */
interface Entity {
  readonly path: string
  readonly title: string
}

function entityOf({ types, names }: ConfigTarget): Entity {
  const titles = { users: 'user-principal', clients: 'client-id', brokers: 'brokers' } as Readonly<
    Record<string, string>
  >
  // Users come first, however they were given.
  const parts = types
    .map((type, index) => ({ type, name: names[index] }))
    .toSorted((a, b) => (a.type < b.type ? 1 : -1))
  const title = parts.map(({ type, name }) => {
    const noun = titles[type] ?? type
    return name === undefined ? type : name === '' ? `default ${noun}` : `${noun} '${name}'`
  })
  const path = parts.flatMap(({ type, name }) => [type, ...(name === undefined ? [] : [znodeName(type, name)])])
  return { path: path.join('/'), title: title.join(', ') }
}

/** As Kafka's Sanitizer has it for users and clients. */
function znodeName(type: string, name: string): string {
  if (name === '') return defaultEntity
  if (type === 'brokers') return name
  return encodeURIComponent(name).replaceAll(
    /[!'()*~]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

async function readOr<Value>(read: () => Promise<Value>, instead: Value): Promise<Value> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === 'NO_NODE') return instead
    throw error
  }
}

async function configOf(client: ZooKeeperClient, path: string): Promise<Record<string, string>> {
  const { data } = await readOr<{ readonly data: Buffer | null }>(() => client.getData(`/config/${path}`), {
    data: null,
  })
  if (data === null || data.length === 0) return {}
  return (JSON.parse(data.toString()) as { config?: Record<string, string> }).config ?? {}
}

async function describe(client: ZooKeeperClient, target: ConfigTarget, tool: ToolRun): Promise<void> {
  const [type = 'users'] = target.types
  if (type === 'brokers')
    await ensureNotRunning(client, target, '--bootstrap-server option must be specified to describe brokers')
  const isAll = target.names.length < target.types.length
  const entities = isAll ? await namesBelow(client, target) : [entityOf(target)]
  for (const { path, title } of entities) {
    const config = Object.entries(await configOf(client, path))
    if (config.length > 0 || !(isAll && type === 'users' && target.types.length === 1))
      await tool.print(`Configs for ${title} are ${config.map(([key, value]) => `${key}=${value}`).join(',')}`)
  }
}

async function namesBelow(client: ZooKeeperClient, { types, names }: ConfigTarget): Promise<Entity[]> {
  const [first = 'users'] = types
  const path = types.length === 1 ? first : `${entityOf({ types: [first], names }).path}/${types[1]}`
  const { children } = await readOr<{ readonly children: readonly string[] }>(
    () => client.getChildren(`/config/${path}`),
    {
      children: [],
    },
  )
  return children.map((child) => {
    const name = child === defaultEntity ? '' : decodeURIComponent(child)
    return entityOf({ types, names: [...names, name] })
  })
}

async function ensureNotRunning(client: ZooKeeperClient, { names }: ConfigTarget, what: string): Promise<void> {
  const [name = ''] = names
  const { children } = await readOr<{ readonly children: readonly string[] }>(
    () => client.getChildren('/brokers/ids'),
    {
      children: [],
    },
  )
  if (name === '' ? children.length === 0 : !children.includes(name)) return
  const running = name === '' ? `${children.length} brokers are running` : `broker ${name} is running`
  throw new ToolError('REFUSED', `requirement failed: ${what} - ${running}. ${brokersNotRunning}`)
}

async function alter(
  env: Env,
  client: ZooKeeperClient,
  target: ConfigTarget,
  { added, deleted }: ConfigChanges,
  tool: ToolRun,
): Promise<void> {
  const [type = 'users'] = target.types
  const shown = [...added].map(([key, value]) => `${key}=${value}`).join(', ')
  const what = `--bootstrap-server option must be specified to update ${type} configs: {add: {${shown}}, delete: List(${deleted.join(', ')})}`
  const values = new Map(added)
  if (type === 'brokers') {
    await ensureNotRunning(client, target, what)
    const password = [...added.keys()].find((key) => /password|secret|sasl\.jaas\.config$/.test(key))
    if (password !== undefined) {
      throw new ToolError(
        'REFUSED',
        `${password} would be kept encrypted: start the broker and set it with --bootstrap-server`,
      )
    }
  } else {
    if ([...added.keys(), ...deleted].some((key) => !isScram(key))) {
      const info = 'User configuration updates using ZooKeeper are only supported for SCRAM credential updates.'
      throw new ToolError('REFUSED', `requirement failed: ${what}. ${info}`)
    }
    for (const [mechanism, text] of added)
      values.set(mechanism, credentialText(parseScram(mechanism, text), env.random.bytes(saltSizeBytes)))
  }
  const entity = entityOf(target)
  const before = await configOf(client, entity.path)
  ensureSet(deleted, (key) => Object.hasOwn(before, key))
  const after = Object.fromEntries(
    Object.entries({ ...before, ...Object.fromEntries(values) }).filter(([key]) => !deleted.includes(key)),
  )
  await write(client, entity.path, after)
  await tool.print(`Completed updating config for entity: ${entity.title}.`)
}

/** The znode, with those above it, and the notification that brokers wait for. */
async function write(client: ZooKeeperClient, path: string, config: Readonly<Record<string, string>>): Promise<void> {
  const whole = `/config/${path}`
  const data = Buffer.from(JSON.stringify({ version: 1, config }))
  const parts = whole.split('/').slice(1)
  for (const above of parts.slice(0, -1).map((_part, index) => `/${parts.slice(0, index + 1).join('/')}`))
    await make(client, above, null)
  if (!(await make(client, whole, data))) await client.setData(whole, data)
  await make(client, '/config/changes', null)
  const notification = Buffer.from(JSON.stringify({ version: 2, entity_path: path }))
  await client.create('/config/changes/config_change_', notification, { mode: 'persistentSequential' })
}

/** False when it was there. */
async function make(client: ZooKeeperClient, path: string, data: Buffer | null): Promise<boolean> {
  try {
    await client.create(path, data)
    return true
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === 'NODE_EXISTS') return false
    throw error
  }
}

/** What Kafka's ScramCredentialUtils writes (RFC 5802). */
function credentialText(
  { mechanism, iterations, password }: { mechanism: ScramMechanism; iterations: number; password: string },
  salt: Buffer,
): string {
  const hash = mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512'
  const salted = pbkdf2Sync(password, salt, iterations, hash === 'sha256' ? 32 : 64, hash)
  const clientKey = createHmac(hash, salted).update('Client Key').digest()
  const storedKey = createHash(hash).update(clientKey).digest('base64')
  const serverKey = createHmac(hash, salted).update('Server Key').digest('base64')
  return `salt=${salt.toString('base64')},stored_key=${storedKey},server_key=${serverKey},iterations=${iterations}`
}
