import { DiskError, parseJaasFile } from '@odradek/base'
import type { Env, TlsConnectOptions, TlsIdentity } from '@odradek/base'
import type { ZooKeeperClientOptions } from '@odradek/zookeeper-client'
import { CliError } from '../../cli-error.ts'
import type { OutputFormat } from './shell-command.ts'
import { UsageError } from './usage-error.ts'

/** What `odradek zk` may be told beside a command. Texts are as they were given. */
export interface ZkOptions {
  readonly server: string
  readonly output: string
  readonly timeout: string
  readonly auth?: readonly string[]
  readonly sasl?: string
  readonly saslJaas?: string
  readonly tls?: boolean
  readonly tlsCa?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsPassphrase?: string
  readonly logLevel: string
}

/** An option that may stand before or behind the command. */
interface OptionDefinition {
  readonly flags: string
  readonly description: string
  readonly key: keyof ZkOptions
  readonly default?: string
}

export const optionDefinitions: readonly OptionDefinition[] = [
  {
    flags: '-s, --server <host:port,…[/chroot]>',
    description: 'servers, and the node that is to be the root',
    key: 'server',
    default: '127.0.0.1:2181',
  },
  { flags: '-o, --output <format>', description: 'text, table or json', key: 'output', default: 'text' },
  {
    flags: '--timeout <ms>',
    description: "the session's timeout, and how long to try",
    key: 'timeout',
    default: '30000',
  },
  {
    flags: '--auth <scheme:auth>',
    description: 'show an identity: digest:USER:PASSWORD; may be given again',
    key: 'auth',
  },
  { flags: '--sasl <user:password>', description: 'authenticate by SASL DIGEST-MD5', key: 'sasl' },
  { flags: '--sasl-jaas <file>', description: 'the same, by the section Client of a JAAS file', key: 'saslJaas' },
  { flags: '--tls', description: "speak TLS, and trust the system's authorities", key: 'tls' },
  { flags: '--tls-ca <file>', description: 'speak TLS, and trust these, in PEM', key: 'tlsCa' },
  { flags: '--tls-cert <file>', description: 'show this certificate, PEM or PKCS12', key: 'tlsCert' },
  { flags: '--tls-key <file>', description: 'its key in PEM, if it is in another file', key: 'tlsKey' },
  { flags: '--tls-passphrase <text>', description: 'of the key', key: 'tlsPassphrase' },
  { flags: '--log-level <level>', description: 'debug, info, warn or error', key: 'logLevel', default: 'error' },
]

/**
 * Takes the options that stand behind the command out of its words, over those in front of it. `-s` is the server where a HOST:PORT follows:
 * elsewhere it is the command's own. Behind `--` nothing is taken.
 */
export function takeOptions(words: readonly string[], before: ZkOptions): { words: string[]; options: ZkOptions } {
  const rest: string[] = []
  const options: Record<string, unknown> = { ...before }
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string
    if (word === '--') {
      rest.push(...words.slice(index))
      break
    }
    const [, name = word, joined] = /^(--[^=]+)=(.*)$/.exec(word) ?? []
    const next = words[index + 1]
    const isServer = word !== '-s' || /^[^/\s]+:\d+(,|\/|$)/.test(next ?? '')
    const definition = isServer ? optionDefinitions.find(({ flags }) => flags.split(/[ ,]+/).includes(name)) : undefined
    if (definition === undefined) {
      rest.push(word)
      continue
    }
    const { key, flags } = definition
    if (!flags.includes('<')) {
      options[key] = true
      continue
    }
    const value = joined ?? next
    if (value === undefined) throw new UsageError(`${name} needs a value: ${flags}`)
    if (joined === undefined) index += 1
    options[key] = key === 'auth' ? [...((options['auth'] as string[] | undefined) ?? []), value] : value
  }
  return { words: rest, options: options as unknown as ZkOptions }
}

export function parseFormat(text: string): OutputFormat {
  if (text === 'text' || text === 'table' || text === 'json') return text
  throw new UsageError(`--output takes text, table or json, not "${text}"`)
}

/** What the client is to be made with. Throws `UsageError`, or `CliError` for a file that is not there. */
export function clientOptions(env: Env, options: ZkOptions): ZooKeeperClientOptions {
  const timeoutMs = Number(options.timeout)
  if (!Number.isInteger(timeoutMs) || timeoutMs <= 0) {
    throw new UsageError(`--timeout takes milliseconds, not "${options.timeout}"`)
  }
  return {
    connectString: options.server,
    sessionTimeoutMs: timeoutMs,
    sasl: saslOf(env, options),
    tls: tlsOf(env, options),
  }
}

/** The identities of `--auth`. Throws `UsageError`. */
export function identities({ auth = [] }: ZkOptions): { scheme: string; data: Buffer }[] {
  return auth.map((text) => {
    const [, scheme, data] = /^([^:]+):(.*)$/s.exec(text) ?? []
    if (scheme === undefined || data === undefined)
      throw new UsageError('--auth takes SCHEME:AUTH: digest:USER:PASSWORD')
    return { scheme, data: Buffer.from(data) }
  })
}

function saslOf(env: Env, { sasl, saslJaas }: ZkOptions): { user: string; password: string } | undefined {
  if (sasl !== undefined) {
    const [, user, password] = /^([^:]+):(.*)$/s.exec(sasl) ?? []
    if (user === undefined || password === undefined) throw new UsageError('--sasl takes USER:PASSWORD')
    return { user, password }
  }
  if (saslJaas === undefined) return undefined
  const entry = parseJaasFile(readFile(env, saslJaas).toString('utf8')).get('Client')?.[0]
  const [user, password] = [entry?.options.get('username'), entry?.options.get('password')]
  if (user === undefined || password === undefined) {
    throw new UsageError(`${saslJaas} has no section Client with username and password`)
  }
  return { user, password }
}

function tlsOf(env: Env, options: ZkOptions): TlsConnectOptions | undefined {
  const { tls, tlsCa, tlsCert, tlsKey, tlsPassphrase } = options
  if (tls !== true && tlsCa === undefined && tlsCert === undefined) return undefined
  return {
    ...(tlsCa !== undefined && { trusted: readFile(env, tlsCa) }),
    ...(tlsCert !== undefined && { identity: identityOf(env, tlsCert, tlsKey, tlsPassphrase) }),
  }
}

function identityOf(env: Env, file: string, keyFile: string | undefined, passphrase: string | undefined): TlsIdentity {
  const content = readFile(env, file)
  if (/\.(p12|pfx)$/i.test(file)) return { kind: 'pkcs12', content, passphrase: passphrase ?? '' }
  const key = keyFile === undefined ? content : readFile(env, keyFile)
  return { kind: 'pem', key, certificates: content, ...(passphrase !== undefined && { passphrase }) }
}

function readFile(env: Env, path: string): Buffer {
  try {
    return env.disk.readFileSync(path)
  } catch (error) {
    if (!(error instanceof DiskError) || error.code !== 'NOT_FOUND') throw error
    throw new CliError('FILE_NOT_FOUND', `there is no file ${path}`, { cause: error })
  }
}
