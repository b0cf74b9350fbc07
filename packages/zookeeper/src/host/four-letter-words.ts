// The commands of four letters, with the texts of the real server: people and monitors parse them.
import type { ClientConnection } from './client-connection.ts'
import type { CommandContext } from './command-context.ts'
import { monitorValues } from './monitor-values.ts'
import type { WatchTable } from '../core/watch/watch-table.ts'
import { versionText } from './version.ts'

type Command = (context: CommandContext) => string

const hex = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16)}`
const lines = (parts: readonly string[]): string => parts.map((part) => `${part}\n`).join('')

const commands: Readonly<Record<string, Command>> = {
  ruok: () => 'imok',
  isro: () => 'rw',
  srvr: (context) => lines([`Zookeeper version: ${versionText}`, ...serverLines(context)]),
  stat: (context) =>
    lines([
      `Zookeeper version: ${versionText}`,
      'Clients:',
      ...[...context.connections].map((connection) => briefOf(connection)),
      '',
      ...serverLines(context),
    ]),
  cons: (context) => lines([...[...context.connections].map((connection) => fullOf(connection, context)), '']),
  crst({ connections }) {
    for (const connection of connections) connection.statistics.reset()
    return lines(['Connection stats reset.'])
  },
  srst({ statistics }) {
    statistics.reset()
    return lines(['Server stats reset.'])
  },
  conf: ({ config, clientPort, secureClientPort, sizesBytes }) => {
    const sizes = sizesBytes()
    return lines([
      `clientPort=${clientPort}`,
      `secureClientPort=${secureClientPort}`,
      `dataDir=${config.dataDir}/version-2`,
      `dataDirSize=${sizes.snapshots}`,
      `dataLogDir=${config.dataLogDir}/version-2`,
      `dataLogSize=${sizes.logs}`,
      `tickTime=${config.tickTimeMs}`,
      `maxClientCnxns=${config.maxClientConnections}`,
      `minSessionTimeout=${config.minSessionTimeoutMs}`,
      `maxSessionTimeout=${config.maxSessionTimeoutMs}`,
      'clientPortListenBacklog=-1',
      'serverId=0',
    ])
  },
  dirs({ sizesBytes }) {
    const sizes = sizesBytes()
    return lines([`datadir_size: ${sizes.snapshots}`, `logdir_size: ${sizes.logs}`])
  },
  dump: dumpSessions,
  envi: ({ hostname }) => lines(['Environment:', `zookeeper.version=${versionText}`, `host.name=${hostname}`]),
  gtmk: ({ trace }) => String(trace.mask),
  // What an ensemble would answer: a single server has nothing to say to these.
  icfg: () => '',
  lead: () => '',
  obsv: () => '',
  orst: () => '',
  stmk: () => '',
  hash: ({ state }) => state.tree.digestLog.map(({ zxid, digest }) => `${zxid.toString(16)}: ${digest}`).join('\n'),
  lsnp: ({ snapshotZxid }) => lines([`Last snapshot: ${hex(snapshotZxid)}`]),
  wchs({ state }) {
    const { data, children } = state.tree.watches
    return lines([
      `${data.watcherCount + children.watcherCount} connections watching ${data.pathCount + children.pathCount} paths`,
      `Total watches:${data.watchCount + children.watchCount}`,
    ])
  },
  wchc: ({ state }) => {
    const { data, children } = state.tree.watches
    return lines([data, children].flatMap(pathsByWatcher))
  },
  wchp: ({ state }) => {
    const { data, children } = state.tree.watches
    return lines([data, children].flatMap(watchersByPath))
  },
  mntr: (context) => lines(monitorValues(context).map(([name, value]) => `zk_${name}\t${value}`)),
}

export function isFourLetterWord(word: string): boolean {
  return Object.hasOwn(commands, word)
}

/** The answer to a command, or why it is not given. */
export function runFourLetterWord(word: string, context: CommandContext): string {
  const { fourLetterWords } = context.config
  const command = commands[word]
  if (command === undefined || !(fourLetterWords.has('*') || fourLetterWords.has(word))) {
    return `${word} is not executed because it is not in the whitelist.\n`
  }
  return command(context)
}

function serverLines({ state, statistics, connections, outstandingCount }: CommandContext): string[] {
  return [
    `Latency min/avg/max: ${statistics.minMs}/${statistics.averageText}/${statistics.maxMs}`,
    `Received: ${statistics.receivedCount}`,
    `Sent: ${statistics.sentCount}`,
    `Connections: ${connections.size}`,
    `Outstanding: ${outstandingCount}`,
    `Zxid: ${hex(state.tree.lastProcessedZxid)}`,
    'Mode: standalone',
    `Node count: ${state.tree.nodeCount}`,
  ]
}

function briefOf({ connection, hasSession, statistics }: ClientConnection): string {
  const { receivedCount, sentCount } = statistics
  const address = `/${connection.remoteAddress}:${connection.remotePort}`
  return ` ${address}[${hasSession ? 1 : 0}](queued=0,recved=${receivedCount},sent=${sentCount})`
}

function fullOf(connection: ClientConnection, { nowMs, wallMs }: CommandContext): string {
  const brief = briefOf(connection)
  if (!connection.hasSession) return brief
  const { statistics, sessionId, timeoutMs, establishedMs, lastXid, lastZxid } = connection
  const details = [
    `sid=${hex(sessionId)}`,
    `est=${Math.floor(wallMs - (nowMs - establishedMs))}`,
    `to=${timeoutMs}`,
    `lcxid=0x${(lastXid >>> 0).toString(16)}`,
    `lzxid=${hex(lastZxid)}`,
    `minlat=${statistics.minMs}`,
    `avglat=${Math.floor(Number(statistics.averageText))}`,
    `maxlat=${statistics.maxMs}`,
  ]
  return `${brief.slice(0, -1)},${details.join(',')})`
}

function dumpSessions({ state, connections, nowMs, wallMs }: CommandContext): string {
  const expiries = state.sessions.expiries()
  const ephemerals = [...state.tree.owned.ephemeralsBySession()]
  const connected = [...connections]
  const when = (expiryMs: number): string => new Date(wallMs + expiryMs - nowMs).toUTCString()
  return lines([
    'SessionTracker dump:',
    `Session Sets (${expiries.length})/(${state.sessions.size}):`,
    ...expiries.flatMap(([expiryMs, ids]) => [
      `${ids.length} expire at ${when(expiryMs)}:`,
      ...ids.map((id) => `\t${hex(id)}`),
    ]),
    'ephemeral nodes dump:',
    `Sessions with Ephemerals (${ephemerals.length}):`,
    ...ephemerals.flatMap(([id, paths]) => [`${hex(id)}:`, ...[...paths].map((path) => `\t${path}`)]),
    'Connections dump:',
    `Connections Sets (${connected.length === 0 ? 0 : 1})/(${connected.length}):`,
    ...connected.map(
      ({ connection, sessionId }) =>
        `\tip: /${connection.remoteAddress}:${connection.remotePort} sessionId: ${hex(sessionId)}`,
    ),
  ])
}

function pathsByWatcher(table: WatchTable): string[] {
  return [...table.byWatcher()].flatMap(([watcher, paths]) => [
    hex(watcher.sessionId),
    ...[...paths].map((path) => `\t${path}`),
  ])
}

function watchersByPath(table: WatchTable): string[] {
  return [...table.byPath()].flatMap(([path, watchers]) => [
    path,
    ...[...watchers].map(({ sessionId }) => `\t${hex(sessionId)}`),
  ])
}
