// All that three brokers of Apache Kafka 3.9.1 asked of Apache ZooKeeper 3.9.5 in eight minutes of their life, asked of our server again, connection by connection
// and in the same order: every answer has the same error and the same length, and every watch fires at the same place.
import { rmSync } from 'node:fs'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startZooKeeper } from '../zookeeper/servers.ts'
import { ReplayConnection } from './replay-connection.ts'
import type { ReplaySession } from './replay-connection.ts'
import { readTrace } from './trace.ts'
import type { TraceLine } from './trace.ts'

/** Shorter than the brokers' six seconds: the trace waits for sessions to end. */
const sessionTimeoutMs = 2000
const differencesShown = 5

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('kafka-trace')
  const [port = 0] = await freePorts(1)
  const server = await startZooKeeper(target, { folder, port, lines: ['minSessionTimeout=1000'] })
  const trace = readTrace()
  const replay = new Replay(port, trace)
  try {
    let stage: TraceLine[] = []
    let title = ''
    const check = (): Promise<boolean> => {
      const lines = stage
      const packets = lines.filter(({ type }) => type === 'reply' || type === 'event').length
      return report.check(`${title}: ${packets} answers and events are Apache's`, () => replay.run(lines))
    }
    for (const line of trace) {
      if (line.type !== 'stage') stage.push(line)
      else {
        if (stage.length > 0 && !(await check())) return
        stage = []
        title = line.title
      }
    }
    await check()
  } finally {
    replay.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

class Replay {
  readonly #port: number
  readonly #connections = new Map<string, ReplayConnection>()
  /** By the ids of the trace. */
  readonly #sessions = new Map<string, ReplaySession>()
  /** The last request of every connection whose session is left to die. */
  readonly #lastWords = new Map<string, TraceLine>()
  /** What was read from a node whose data the trace holds only in part. */
  readonly #cut = new Set<string>()
  /** Titles of requests by connection and id, for people. */
  readonly #titles = new Map<string, string>()

  constructor(port: number, trace: readonly TraceLine[]) {
    this.#port = port
    for (const line of trace) {
      if (line.type !== 'request') continue
      if (line.request.title === 'closeSession') this.#lastWords.delete(line.connection)
      else this.#lastWords.set(line.connection, line)
      this.#titles.set(`${line.connection} ${line.xid}`, line.request.title)
    }
  }

  async run(lines: readonly TraceLine[]): Promise<void> {
    const differences: string[] = []
    for (const line of lines) {
      const difference = await this.#line(line)
      if (difference !== undefined) differences.push(difference)
      if (differences.length >= differencesShown) break
    }
    if (differences.length > 0) throw new Error(differences.join('\n'))
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.destroy()
  }

  /** Returns what is not as it was. */
  async #line(line: TraceLine): Promise<string | undefined> {
    switch (line.type) {
      case 'stage':
        return undefined
      case 'connect': {
        await this.#othersSettled(line.connection)
        const connection = await ReplayConnection.open(this.#port)
        this.#connections.set(line.connection, connection)
        connection.connect(this.#sessions.get(line.sessionId), sessionTimeoutMs)
        return undefined
      }
      case 'connected': {
        const session = await this.#connection(line).connected()
        if ((session !== undefined) !== line.isAlive)
          return `${line.connection}: the session ${line.isAlive ? 'is gone' : 'still lives'}`
        if (session !== undefined) this.#sessions.set(line.sessionId, session)
        return undefined
      }
      case 'request': {
        await this.#othersSettled(line.connection)
        const connection = this.#connection(line)
        connection.send(line.xid, line.request)
        if (line.request.isCut) for (const [node] of line.request.title.matchAll(/\/[^"\s]+/g)) this.#cut.add(node)
        if (this.#lastWords.get(line.connection) === line) connection.stopPings()
        return undefined
      }
      case 'reply':
      case 'event': {
        const said = await this.#connection(line)
          .said()
          .catch((error: Error) => error.message)
        if (said === line.summary) return undefined
        const [, xid = ''] = /^reply (\d+)/.exec(line.summary) ?? []
        const title = this.#titles.get(`${line.connection} ${xid}`) ?? ''
        if ([...this.#cut].some((node) => title.endsWith(node)) && withoutLength(said) === withoutLength(line.summary))
          return undefined
        return `${line.connection} ${title}\n  is        ${said}\n  should be ${line.summary}`
      }
      case 'closed':
        this.#connections.get(line.connection)?.destroy()
        return undefined
    }
  }

  #connection({ connection }: { readonly connection: string }): ReplayConnection {
    const found = this.#connections.get(connection)
    if (found === undefined) throw new Error(`the trace uses ${connection} before it is open`)
    return found
  }

  /** The trace has packets in the order of the proxy; what was sent on one connection is done before what was sent later on another. */
  async #othersSettled(own: string): Promise<void> {
    for (const [name, connection] of this.#connections) if (name !== own) await connection.settled()
  }
}

function withoutLength(summary: string): string {
  return summary.replace(/ length=\d+$/, '')
}
