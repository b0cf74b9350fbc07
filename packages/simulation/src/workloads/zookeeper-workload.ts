import type { SeededRandom, SimulatedMachine } from '@odradek/env-sim'
import { ZooKeeperClient, ZooKeeperError } from '@odradek/zookeeper-client'
import type { NodePair } from '../invariants/node-pair.ts'
import type { NumberedNodes } from '../invariants/numbered-nodes.ts'
import type { RegisterHistory } from '../invariants/register-history.ts'
import { PersistentView } from '../invariants/persistent-view.ts'
import { SessionView } from '../invariants/session-view.ts'
import type { World } from '../world.ts'

const dataBytesMax = 10_000
const burstMax = 6
const sessionName = 'an ephemeral node lives as long as its session'

export interface ZooKeeperWorkloadOptions {
  readonly connectString: string
  readonly sessionTimeoutMs: number
  readonly registers: RegisterHistory
  readonly numbered: NumberedNodes
  readonly pair: NodePair
  /** Registers that this client writes. */
  readonly ownPaths: readonly string[]
  /** Registers that it reads. */
  readonly allPaths: readonly string[]
}

interface Session {
  readonly client: ZooKeeperClient
  readonly view: SessionView
  /** Undefined until it watches its own registers. */
  persistent: PersistentView | undefined
  isOver: boolean
}

/**
 * One client program: one session after the other, in bursts of requests that do not wait for each other. Nothing is
 * repeated: what failed on the way may have been done or not, and the next read tells.
 */
export class ZooKeeperWorkload {
  readonly #world: World
  readonly #machine: SimulatedMachine
  readonly #random: SeededRandom
  readonly #options: ZooKeeperWorkloadOptions
  /** Of own registers: the version, where it is known for sure. */
  readonly #versions = new Map<string, number>()
  #valueCount = 0
  #sessionCount = 0
  #isStopping = false
  /** The ephemeral node of the session that is open. */
  ephemeral: string | undefined

  constructor(world: World, machine: SimulatedMachine, options: ZooKeeperWorkloadOptions) {
    this.#world = world
    this.#machine = machine
    this.#random = world.random.fork(`workload of ${machine.name}`)
    this.#options = options
  }

  /** Sessions until `stop`; the last one is closed, or left open for the server to keep. */
  async run(): Promise<void> {
    while (!this.#isStopping) {
      const session = await this.#connect()
      if (session === undefined) continue
      const bursts = 20 + this.#random.integer(200)
      for (let index = 0; index < bursts && !this.#isStopping && !session.isOver; index++) {
        await this.#burst(session)
        await this.#pause(60)
      }
      this.ephemeral = undefined
      await session.client.close()
    }
  }

  stop(): void {
    this.#isStopping = true
  }

  async #connect(): Promise<Session | undefined> {
    const { connectString, sessionTimeoutMs } = this.#options
    const client = new ZooKeeperClient(this.#machine.env, { connectString, sessionTimeoutMs })
    const label = `session ${++this.#sessionCount} of ${this.#machine.name}`
    const session: Session = { client, view: new SessionView(this.#world, label), persistent: undefined, isOver: false }
    client.onState((state) => {
      this.#world.record(`${label} is ${state}`)
      if (state === 'disconnected') session.persistent?.disconnected()
      if (state !== 'connected' && state !== 'disconnected') session.isOver = true
    })
    try {
      await client.connect()
    } catch {
      await this.#pause(500)
      return undefined
    }
    this.#world.count('sessions')
    await this.#attempt(this.#createEphemeral(session))
    await this.#attempt(this.#watchOwnRegisters(session, label))
    return session
  }

  async #createEphemeral({ client }: Session): Promise<void> {
    const { path } = await client.create(`/e/${client.sessionId.toString(16)}`, null, { mode: 'ephemeral' })
    this.ephemeral = path
  }

  /** All of them by one recursive watch from above, or each by a watch of its own. */
  async #watchOwnRegisters(session: Session, label: string): Promise<void> {
    const { ownPaths } = this.#options
    const view = new PersistentView(this.#world, label)
    if (this.#sessionCount % 2 === 0) {
      await session.client.addWatch('/r', ({ path }) => view.event(path), { recursive: true })
    } else {
      for (const path of ownPaths) await session.client.addWatch(path, () => view.event(path))
    }
    session.persistent = view
  }

  async #burst(session: Session): Promise<void> {
    const count = 1 + this.#random.integer(burstMax)
    const requests = Array.from({ length: count }, () => this.#attempt(this.#request(session)))
    await Promise.all(requests)
  }

  #request(session: Session): Promise<void> {
    const { ownPaths, allPaths } = this.#options
    const kind = this.#random.float()
    if (kind < 0.4 && ownPaths.length > 0) return this.#write(session, this.#random.pick(ownPaths))
    if (kind < 0.75) return this.#read(session, this.#random.pick(allPaths), this.#random.chance(0.4))
    if (kind < 0.83) return this.#createNumbered(session)
    if (kind < 0.87) return this.#deleteNumbered(session)
    if (kind < 0.91) return this.#list(session)
    if (kind < 0.94) return this.#writePair(session)
    if (kind < 0.97) return this.#readPair(session)
    return this.#checkEphemeral(session)
  }

  /** Writes over the version that it knows; where it does not, it looks first. */
  async #write(session: Session, path: string): Promise<void> {
    const version = this.#versions.get(path)
    if (version === undefined) return this.#read(session, path, false)
    const content = this.#content(path)
    this.#options.registers.attempt(path, version + 1, content)
    // The next one, in the same burst, is sent before the answer to this one.
    this.#versions.set(path, version + 1)
    const { persistent } = session
    persistent?.sent(path)
    try {
      const stat = await session.client.setData(path, content, version)
      this.#world.count('writes answered')
      this.#options.registers.answer(path, stat.version, content)
      session.view.shows(path, stat.version)
      persistent?.answered(path, stat.version)
    } catch (error) {
      persistent?.failed(path)
      this.#versions.delete(path)
      throw error
    }
  }

  #content(what: string): Buffer {
    const header = `${what} ${this.#machine.name} ${++this.#valueCount} `
    const size = this.#random.chance(0.5) ? this.#random.integer(dataBytesMax) : 0
    return Buffer.concat([Buffer.from(header), this.#random.bytes(size)])
  }

  async #read(session: Session, path: string, withWatch: boolean): Promise<void> {
    const { registers, ownPaths } = this.#options
    const floor = registers.floor(path)
    const watch = withWatch ? session.view.watch(path) : undefined
    const isKnown = this.#versions.has(path)
    try {
      // Answers are taken in the order in which they come: the same number of promises for all requests.
      const { data, stat } = await session.client.getData(path, watch?.fire)
      watch?.set(stat.version)
      registers.read(path, stat.version, data ?? Buffer.alloc(0), floor)
      session.view.shows(path, stat.version)
      this.#world.count('reads answered')
      // Not if a write was sent behind this read.
      if (!isKnown && ownPaths.includes(path) && !this.#versions.has(path)) this.#versions.set(path, stat.version)
    } catch (error) {
      if (error instanceof ZooKeeperError && error.code === 'NO_NODE') registers.missing(path)
      throw error
    }
  }

  async #createNumbered({ client }: Session): Promise<void> {
    const { numbered } = this.#options
    const content = this.#content('a numbered node')
    numbered.creating(content)
    const { path } = await client.create('/q/n-', content, { mode: 'persistentSequential' })
    numbered.created(path)
  }

  async #deleteNumbered({ client }: Session): Promise<void> {
    const { candidates } = this.#options.numbered
    if (candidates.length === 0) return
    const path = this.#random.pick(candidates)
    this.#options.numbered.deleting(path)
    await client.delete(path)
    this.#options.numbered.deleted(path)
  }

  async #list({ client, view }: Session): Promise<void> {
    const { numbered } = this.#options
    const before = numbered.snapshot()
    const watch = view.watch('children of /q')
    const { children, stat } = await client.getChildren('/q', watch.fire)
    watch.set(stat.cversion)
    numbered.listed(new Set(children.map((child) => `/q/${child}`)), before)
    view.shows('children of /q', stat.cversion)
  }

  /** Whoever is first with what it has read; the others are told that the version is another. */
  async #writePair({ client }: Session): Promise<void> {
    const [first, second] = this.#options.pair.paths
    const { stat } = await client.getData(first)
    const { version } = stat
    const data = this.#random.bytes(this.#random.integer(1_000))
    const outcome = await client.multi([
      { op: 'setData', path: first, data, version },
      { op: 'setData', path: second, data, version },
    ])
    if (outcome.committed) this.#world.count('multis done')
  }

  async #readPair({ client }: Session): Promise<void> {
    const { pair } = this.#options
    const [first, second] = await Promise.all(pair.paths.map((path) => client.getData(path)))
    if (first !== undefined && second !== undefined) pair.read(first.stat.version, second.stat.version)
  }

  async #checkEphemeral(session: Session): Promise<void> {
    const { ephemeral } = this
    if (ephemeral === undefined) return
    const stat = await session.client.exists(ephemeral)
    if (stat === undefined) this.#world.violate(sessionName, `${ephemeral} is gone, but its session is served`)
  }

  /** What the network or the server's state may do to a request is part of the game; anything else is a defect. */
  async #attempt(request: Promise<void>): Promise<void> {
    try {
      await request
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error
      this.#world.count(`ended with ${error.code}`)
      if (!expected.has(error.code)) this.#world.violate('only expected errors', `${error.code}: ${error.message}`)
    }
  }

  #pause(durationMsMax: number): Promise<void> {
    return new Promise((resolve) => {
      this.#machine.env.timers.after(this.#random.between(0, durationMsMax), resolve)
    })
  }
}

const expected: ReadonlySet<string> = new Set([
  'CONNECTION_LOSS',
  'SESSION_EXPIRED',
  'BAD_VERSION',
  'NO_NODE',
  'NODE_EXISTS',
])
