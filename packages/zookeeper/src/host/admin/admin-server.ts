import { DecodeError } from '@odradek/base'
import type { HttpHandler, Logger } from '@odradek/base'
import type { Id } from '@odradek/zookeeper-protocol'
import type { ZooKeeperServerConfig } from '../../config/zookeeper-server-config.ts'
import { authenticate } from '../authentication.ts'
import type { CommandContext } from '../command-context.ts'
import { adminCommandNames, adminCommands } from './admin-commands.ts'
import { jsonText } from './json-text.ts'
import { RateLimit } from './rate-limit.ts'
import type { ServerCounters } from '../server-metrics.ts'

/** What the AdminServer asks of the server. */
export interface AdminServices {
  readonly config: ZooKeeperServerConfig
  readonly log: Logger
  readonly counters: ServerCounters
  nowMs(): number
  /** Undefined: the server is not serving now. */
  context(): CommandContext | undefined
  /** May somebody with these identities do everything to the root? */
  mayDoAll(identities: readonly Id[]): boolean
  /** Takes a snapshot of one moment. Rejects when it could not be written. */
  takeSnapshot(): Promise<{ zxid: bigint; content: Buffer }>
  /** Puts what a snapshot holds in the place of all that there is. Rejects with `DecodeError` when it is none. */
  restore(snapshot: Buffer): Promise<{ zxid: bigint }>
}

interface Answer {
  readonly status?: number
  readonly fields?: Readonly<Record<string, unknown>>
  readonly error?: string
}

/** Apache's AdminServer: commands over HTTP that answer in JSON, and snapshots out and in for those who may do everything. */
export function adminServer(services: AdminServices): HttpHandler {
  const { config, log } = services
  const prefix = config.adminCommandUrl.replace(/\/*$/, '')
  const limits = {
    snapshot: new RateLimit(config.adminRateLimitMs),
    restore: new RateLimit(config.adminRateLimitMs),
  }

  const reply = (command: string, { status = 200, fields = {}, error }: Answer): Response =>
    new Response(jsonText({ ...fields, command, error: error ?? null }), {
      status,
      headers: { 'content-type': 'application/json;charset=utf-8' },
    })

  /** Undefined: whoever asks may do this. */
  const refuse = (request: Request): Answer | undefined => {
    const header = request.headers.get('authorization')
    if (header === null) return { status: 401, error: 'Auth info is missing for the command' }
    const [scheme = '', auth, ...more] = header.split(' ')
    // The scheme ip would need the address of whoever asks, which HTTP handlers are not told.
    const identities =
      more.length > 0 || scheme === 'ip' || auth === undefined
        ? undefined
        : authenticate(scheme, Buffer.from(auth), { remoteAddress: '', superDigest: config.superDigest })
    if (identities === undefined) return { status: 401, error: 'Not authenticated' }
    return services.mayDoAll(identities) ? undefined : { status: 403, error: 'Not authorized' }
  }

  const snapshot = async (request: Request, parameters: URLSearchParams): Promise<Response> => {
    const command = 'snapshot'
    const refusal = refuse(request)
    if (refusal !== undefined) return reply(command, refusal)
    if (!config.adminSnapshotEnabled) return reply(command, { status: 503 })
    if (!limits.snapshot.allows(services.nowMs())) {
      services.counters.snapshotsLimited.add()
      return reply(command, { status: 429 })
    }
    try {
      const { zxid, content } = await services.takeSnapshot()
      const headers = { last_zxid: `0x${zxid.toString(16)}`, snapshot_size: String(content.length) }
      if (parameters.get('streaming')?.toLowerCase() === 'false') {
        const response = reply(command, {})
        for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
        return response
      }
      return new Response(new Uint8Array(content), {
        headers: { ...headers, 'content-type': 'application/octet-stream' },
      })
    } catch (error) {
      log.error('the snapshot that was asked for could not be taken', { error })
      return reply(command, { status: 500 })
    }
  }

  const restore = async (request: Request): Promise<Response> => {
    const command = 'restore'
    const refusal = refuse(request)
    if (refusal !== undefined) return reply(command, refusal)
    if (!config.adminRestoreEnabled) return reply(command, { status: 503 })
    if (!limits.restore.allows(services.nowMs())) {
      services.counters.restoresLimited.add()
      return reply(command, { status: 429 })
    }
    try {
      const { zxid } = await services.restore(Buffer.from(await request.arrayBuffer()))
      return reply(command, { fields: { last_zxid: zxid } })
    } catch (error) {
      log.error('the snapshot that was sent could not be restored', { error })
      if (error instanceof DecodeError) return reply(command, { status: 400, error: error.message })
      return reply(command, { status: 500 })
    }
  }

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === prefix || pathname === `${prefix}/`) {
      const links = adminCommandNames.map((name) => `<a href="${prefix}/${name}">${name}</a>\n<br/>\n`)
      return new Response(links.join(''), { headers: { 'content-type': 'text/html;charset=utf-8' } })
    }
    if (!pathname.startsWith(`${prefix}/`)) return new Response(`the commands are at ${prefix}\n`, { status: 404 })
    const name = pathname.slice(prefix.length + 1)
    const isPost = request.method === 'POST'
    if (!isPost && request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405 })
    if (services.context() === undefined) {
      return reply(name, { error: 'This ZooKeeper instance is not currently serving requests' })
    }
    const isRestore = name === 'restore' || name === 'rest'
    const command = adminCommands.get(name)
    const isSnapshot = name === 'snapshot' || name === 'snap'
    if (isRestore !== isPost && (isRestore || isSnapshot || command !== undefined)) {
      return reply(name, { status: 405, error: `${name} needs ${isRestore ? 'POST' : 'GET'}` })
    }
    if (isRestore) return restore(request)
    if (isSnapshot) return snapshot(request, searchParams)
    if (command === undefined) return reply(name, { error: `Unknown command: ${name}` })
    const context = services.context() as CommandContext
    return reply(command.names[0], { fields: command.run(context, searchParams) })
  }
}
