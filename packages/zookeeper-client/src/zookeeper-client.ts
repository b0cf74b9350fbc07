import type { Env, TlsConnectOptions } from '@odradek/base'
import {
  AddWatchMode,
  addWatchRequest,
  create2Response,
  createRequest,
  createTtlRequest,
  DigestMd5Client,
  decodeMultiResponse,
  deleteRequest,
  encodeMultiRequest,
  existsRequest,
  existsResponse,
  getAclRequest,
  getAclResponse,
  getAllChildrenNumberRequest,
  getAllChildrenNumberResponse,
  getChildren2Request,
  getChildren2Response,
  getDataRequest,
  getDataResponse,
  getEphemeralsRequest,
  getEphemeralsResponse,
  OpCode,
  reconfigRequest,
  removeWatchesRequest,
  setAclRequest,
  setAclResponse,
  setDataRequest,
  setDataResponse,
  syncRequest,
  WatcherType,
  whoAmIResponse,
  ZooKeeperError,
} from '@odradek/zookeeper-protocol'
import type { Acl, ClientInfo, Stat } from '@odradek/zookeeper-protocol'
import { openAcl } from './acl.ts'
import { endsClient } from './client-state.ts'
import type { ClientState, StateListener } from './client-state.ts'
import type { Call } from './core/call.ts'
import { Chroot } from './core/chroot.ts'
import { parseConnectString } from './core/connect-string.ts'
import { ServerRotation } from './core/server-rotation.ts'
import { SessionMachine } from './core/session-machine.ts'
import type { PersistentWatchKind } from './core/watch-registry.ts'
import { createFlags, fromWire, toWire, ttlOf } from './host/multi.ts'
import { PendingCall } from './host/pending-call.ts'
import { PersistentWatches } from './host/persistent-watches.ts'
import type { CallOptions } from './host/pending-call.ts'
import { SessionHost } from './host/session-host.ts'
import { shuffled } from './host/shuffled.ts'
import type {
  AclResult,
  ChildrenResult,
  CreateModeName,
  CreateOptions,
  CreateResult,
  DataResult,
  ReconfigChange,
  MultiOutcome,
  Operation,
} from './operation.ts'
import type { PersistentWatch, Watch } from './watch-event.ts'

export interface ZooKeeperClientOptions {
  /** `host:port,host:port/chroot`; the chroot must exist or be created by a client without one. */
  readonly connectString: string
  /** What to ask the server for; it may grant another. */
  readonly sessionTimeoutMs: number
  /** How long `connect` tries. Default: `sessionTimeoutMs`. */
  readonly connectTimeoutMs?: number
  /**
   * When the session has expired a new one is opened by itself: `onState` tells `expired`, then `connected`, and `sessionId` is another. Calls
   * that waited fail with SESSION_EXPIRED, later ones wait for the new session. Identities and watches, of both kinds, are set again; ephemeral
   * nodes are gone, and the recipes make theirs again where that can be right. Default: false, `expired` is final.
   */
  readonly renewSession?: boolean
  /** Authenticates every connection by SASL DIGEST-MD5 before anything else; a refusal ends the client with `authFailed`. */
  readonly sasl?: { readonly user: string; readonly password: string } | undefined
  /** Speaks TLS to every server: their `secureClientPort`. */
  readonly tls?: TlsConnectOptions | undefined
  /** Largest packet taken from a server. Default: 64 MiB, for the children of very large nodes. */
  readonly packetSizeBytesMax?: number
}

/** A persistent watch that is armed; disposing of it removes it. */
export interface WatchHandle extends AsyncDisposable {
  /** The watch is not called again. Resolves when the server has taken it off, too, or is not there to do it. Never rejects. */
  remove(): Promise<void>
}

const packetSizeBytesMaxDefault = 64 * 1024 * 1024

/**
 * One ZooKeeper session, or with `renewSession` one after another. Requests are sent in the order of the calls, without waiting for each other, and answered in
 * that order; a watch is called before any later answer that shows its change. While there is no connection, requests
 * wait for the next try and fail with CONNECTION_LOSS if that fails: whether a request that was sent was done is then unknown.
 * Every method rejects with `ZooKeeperError`. After `authFailed`, `closed` and, without `renewSession`, `expired` a new client is needed.
 */
export class ZooKeeperClient {
  /** What the client runs on; the recipes take timers and chance from it. */
  readonly env: Env
  /** Whether a new session follows one that has expired. */
  readonly renewsSession: boolean
  readonly #chroot: Chroot
  readonly #machine: SessionMachine<PendingCall<unknown>>
  readonly #host: SessionHost
  readonly #connectTimeoutMs: number
  readonly #listeners = new Set<StateListener>()
  readonly #persistentWatches = new PersistentWatches()
  #state: ClientState = 'disconnected'

  /** Reads the connect string (throws BAD_ARGUMENTS) and does nothing else until `connect`. */
  constructor(env: Env, options: ZooKeeperClientOptions) {
    const { servers, chroot } = parseConnectString(options.connectString)
    const random = env.random.fork('zookeeper-client')
    this.env = env
    this.renewsSession = options.renewSession ?? false
    this.#chroot = new Chroot(chroot)
    this.#connectTimeoutMs = options.connectTimeoutMs ?? options.sessionTimeoutMs
    const { sasl } = options
    const createSasl = (): DigestMd5Client =>
      new DigestMd5Client({ ...(sasl as NonNullable<typeof sasl>), cnonce: random.bytes(30).toString('base64') })
    this.#machine = new SessionMachine({
      sessionTimeoutMs: options.sessionTimeoutMs,
      servers: new ServerRotation(shuffled(servers, random), () => random.float()),
      chroot: this.#chroot,
      createSasl: sasl === undefined ? undefined : createSasl,
      renewsSession: this.renewsSession,
    })
    this.#host = new SessionHost({
      env,
      log: env.log.child('zookeeper-client'),
      machine: this.#machine,
      tls: options.tls,
      packetSizeBytesMax: options.packetSizeBytesMax ?? packetSizeBytesMaxDefault,
      onState: (state) => this.#changed(state),
    })
  }

  /** Resolves when the session exists. Rejects with CONNECTION_LOSS after `connectTimeoutMs`, and is closed then, or with AUTH_FAILED. */
  connect(): Promise<void> {
    const { endState } = this.#machine
    if (endState !== undefined) {
      return Promise.reject(new ZooKeeperError('SESSION_EXPIRED', `the client is ${endState}; make a new one`))
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = this.env.timers.after(this.#connectTimeoutMs, () => {
      reject(new ZooKeeperError('CONNECTION_LOSS', `no ZooKeeper server answered within ${this.#connectTimeoutMs} ms`))
      this.#host.handle({ type: 'close' })
    })
    const stop = this.onState((state) => {
      if (state === 'disconnected') return
      timer.cancel()
      stop()
      if (state === 'connected') resolve()
      else if (state !== 'authFailed') reject(new ZooKeeperError('CONNECTION_LOSS', `the client is ${state}`))
      else reject(new ZooKeeperError('AUTH_FAILED', 'the server refused the authentication: the client is authFailed'))
    })
    this.#host.handle({ type: 'start' })
    return promise
  }

  /**
   * Ends the session, after the requests before it are answered: its ephemeral nodes are gone when this resolves. Without a
   * connection it only closes this side, and the server ends the session when it expires. Never rejects.
   */
  close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (this.#machine.endState !== undefined && this.#machine.endState === this.#state) return Promise.resolve()
    const stop = this.onState((state) => {
      if (!endsClient(state, this.renewsSession)) return
      stop()
      resolve()
    })
    this.#host.handle({ type: 'close' })
    return promise
  }

  /** The id that the server gave the session, or the last one if that has expired; 0n before the first connection. */
  get sessionId(): bigint {
    return this.#machine.sessionId
  }

  /** The timeout that the server has granted, in milliseconds; while there is no session, the one that is asked for. */
  get sessionTimeoutMs(): number {
    return this.#machine.sessionTimeoutMs
  }

  /** The state that the listeners were last told. */
  get state(): ClientState {
    return this.#state
  }

  /** Calls `listener` at every change of state, in order with answers and watches. Returns what takes it off again. */
  onState(listener: StateListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Creates a node; `data` null is not the same as empty. NODE_EXISTS, NO_NODE (the parent), NO_CHILDREN_FOR_EPHEMERALS, … */
  create(path: string, data: Buffer | null, options: CreateOptions = {}): Promise<CreateResult> {
    const { acl = openAcl, mode } = options
    const flags = createFlags(mode)
    return this.#call(path, {
      type: createType(mode),
      title: 'create',
      encode: (serverPath) => {
        const request = { path: serverPath, data, acl, flags }
        const ttl = ttlOf(options)
        if (ttl === undefined) return (writer) => createRequest.encode(writer, request)
        return (writer) => createTtlRequest.encode(writer, { ...request, ttl })
      },
      decode: (body) => {
        const response = create2Response.decode(body)
        return { path: this.#chroot.toClient(response.path ?? ''), stat: response.stat }
      },
    })
  }

  /** Deletes a node without children. `version` -1, the default, matches any. */
  delete(path: string, version = -1): Promise<void> {
    return this.#call(path, {
      type: OpCode.delete,
      title: 'delete',
      encode: (serverPath) => (writer) => deleteRequest.encode(writer, { path: serverPath, version }),
      decode: () => undefined,
    })
  }

  /** Undefined when the node is not there; `watch` then waits for it to be created. */
  async exists(path: string, watch?: Watch): Promise<Stat | undefined> {
    try {
      return await this.#call(path, {
        type: OpCode.exists,
        title: 'exists',
        encode: (serverPath) => (writer) =>
          existsRequest.encode(writer, { path: serverPath, watch: watch !== undefined }),
        decode: (body) => existsResponse.decode(body).stat,
        watch: watch && { kind: 'data', call: watch },
      })
    } catch (error) {
      if (error instanceof ZooKeeperError && error.code === 'NO_NODE') return undefined
      throw error
    }
  }

  /** Rejects with NO_NODE when the node is not there; `watch` is not set then. */
  getData(path: string, watch?: Watch): Promise<DataResult> {
    return this.#call(path, {
      type: OpCode.getData,
      title: 'getData',
      encode: (serverPath) => (writer) =>
        getDataRequest.encode(writer, { path: serverPath, watch: watch !== undefined }),
      decode: (body) => getDataResponse.decode(body),
      watch: watch && { kind: 'data', call: watch },
    })
  }

  setData(path: string, data: Buffer | null, version = -1): Promise<Stat> {
    return this.#call(path, {
      type: OpCode.setData,
      title: 'setData',
      encode: (serverPath) => (writer) => setDataRequest.encode(writer, { path: serverPath, data, version }),
      decode: (body) => setDataResponse.decode(body).stat,
    })
  }

  /** Names of the children, unsorted. Rejects with NO_NODE when the node is not there; `watch` is not set then. */
  getChildren(path: string, watch?: Watch): Promise<ChildrenResult> {
    return this.#call(path, {
      type: OpCode.getChildren2,
      title: 'getChildren',
      encode: (serverPath) => (writer) =>
        getChildren2Request.encode(writer, { path: serverPath, watch: watch !== undefined }),
      decode: (body) => {
        const { children, stat } = getChildren2Response.decode(body)
        return { children: (children ?? []).map((child) => child ?? ''), stat }
      },
      watch: watch && { kind: 'children', call: watch },
    })
  }

  /** All operations or none, as one change. An operation that cannot be done is a result, not a rejection: see `MultiOutcome`. */
  multi(operations: readonly Operation[]): Promise<MultiOutcome> {
    return this.#call('/', {
      type: OpCode.multi,
      title: 'multi',
      encode: () => {
        const wire = operations.map((operation) => toWire(operation, this.#chroot))
        return (writer) => encodeMultiRequest(writer, wire)
      },
      decode: (body) => fromWire(operations, decodeMultiResponse(body), this.#chroot),
    })
  }

  /** Resolves when the server has seen all that was committed before: a read behind it is not stale. The path need not exist. */
  sync(path = '/'): Promise<void> {
    return this.#call(path, {
      type: OpCode.sync,
      title: 'sync',
      encode: (serverPath) => (writer) => syncRequest.encode(writer, { path: serverPath }),
      decode: () => undefined,
    })
  }

  /**
   * Changes the servers of an ensemble: those that join and leave, as in `server.N=…` lines and ids with commas between, or all members; only from
   * the configuration of this version (`fromConfig`, -1 being any). Resolves with the new configuration. A single server rejects with UNIMPLEMENTED,
   * or RECONFIG_DISABLED where `reconfigEnabled` is not set.
   */
  reconfig(change: ReconfigChange): Promise<DataResult> {
    const { joining = null, leaving = null, members = null, fromConfig = -1n } = change
    return this.#call('/', {
      type: OpCode.reconfig,
      title: 'reconfig',
      encode: () => (writer) =>
        reconfigRequest.encode(writer, {
          joiningServers: joining,
          leavingServers: leaving,
          newMembers: members,
          curConfigId: fromConfig,
        }),
      decode: (body) => getDataResponse.decode(body),
    })
  }

  getAcl(path: string): Promise<AclResult> {
    return this.#call(path, {
      type: OpCode.getAcl,
      title: 'getAcl',
      encode: (serverPath) => (writer) => getAclRequest.encode(writer, { path: serverPath }),
      decode: (body) => {
        const { acl, stat } = getAclResponse.decode(body)
        return { acl: acl ?? [], stat }
      },
    })
  }

  /** `version` is that of the ACL (`stat.aversion`); -1, the default, matches any. */
  setAcl(path: string, acl: readonly Acl[], version = -1): Promise<Stat> {
    return this.#call(path, {
      type: OpCode.setAcl,
      title: 'setAcl',
      encode: (serverPath) => (writer) => setAclRequest.encode(writer, { path: serverPath, acl, version }),
      decode: (body) => setAclResponse.decode(body).stat,
    })
  }

  /**
   * Calls `watch` with every change of the node at `path`, there or not, and of its children; with `recursive`, with every creation, deletion
   * and change of data of the node and all below it. Servers since 3.6. Changes that were made while there was no connection are
   * not told: read again when `onState` says `connected`.
   */
  async addWatch(
    path: string,
    watch: PersistentWatch,
    { recursive = false }: { readonly recursive?: boolean } = {},
  ): Promise<WatchHandle> {
    const kind = recursive ? 'persistentRecursive' : 'persistent'
    // The server has one watch for all that ask; this one's identity is its own, even if a function is given twice.
    const own: PersistentWatch = (event) => watch(event)
    const serverPath = this.#chroot.toServer(path)
    this.#persistentWatches.wanted(kind, serverPath)
    try {
      await this.#call(path, {
        type: OpCode.addWatch,
        title: 'addWatch',
        encode: () => (writer) => addWatchRequest.encode(writer, { path: serverPath, mode: AddWatchMode[kind] }),
        decode: () => undefined,
        watch: { kind, call: own },
      })
    } catch (error) {
      this.#persistentWatches.unwanted(kind, serverPath)
      throw error
    }
    let removal: Promise<void> | undefined
    const remove = (): Promise<void> => (removal ??= this.#unwatch(kind, path, serverPath, own))
    return { remove, [Symbol.asyncDispose]: remove }
  }

  async #unwatch(kind: PersistentWatchKind, path: string, serverPath: string, watch: PersistentWatch): Promise<void> {
    this.#host.handle({ type: 'unwatch', kind, path: serverPath, watch })
    if (!this.#persistentWatches.unwanted(kind, serverPath)) return
    // Where there is no connection the server has forgotten the watch already, and one before 3.9 cannot take off these alone.
    if (this.#state !== 'connected') return
    await this.#call(path, {
      type: OpCode.removeWatches,
      title: 'removeWatches',
      encode: () => (writer) => removeWatchesRequest.encode(writer, { path: serverPath, type: WatcherType[kind] }),
      decode: () => undefined,
    }).catch(() => undefined)
  }

  /** Paths of this session's ephemeral nodes at and below `prefix`. Servers since 3.6. */
  getEphemerals(prefix = '/'): Promise<readonly string[]> {
    return this.#call(prefix, {
      type: OpCode.getEphemerals,
      title: 'getEphemerals',
      encode: (serverPath) => (writer) => getEphemeralsRequest.encode(writer, { prefixPath: serverPath }),
      decode: (body) =>
        (getEphemeralsResponse.decode(body).ephemerals ?? []).map((path) => this.#chroot.toClient(path ?? '')),
    })
  }

  /** How many nodes are below this one, at any depth. Servers since 3.6. */
  getAllChildrenNumber(path: string): Promise<number> {
    return this.#call(path, {
      type: OpCode.getAllChildrenNumber,
      title: 'getAllChildrenNumber',
      encode: (serverPath) => (writer) => getAllChildrenNumberRequest.encode(writer, { path: serverPath }),
      decode: (body) => getAllChildrenNumberResponse.decode(body).totalNumber,
    })
  }

  /** Whom the server takes this connection for: its address, and who it has authenticated as. Servers since 3.7. */
  whoAmI(): Promise<readonly ClientInfo[]> {
    return this.#call('/', {
      type: OpCode.whoAmI,
      title: 'whoAmI',
      encode: () => () => {},
      decode: (body) => whoAmIResponse.decode(body).clientInfo ?? [],
    })
  }

  /** Shows an identity to this server and to every later one. AUTH_FAILED ends the client. */
  addAuth(scheme: string, data: Buffer): Promise<void> {
    const call = new PendingCall<unknown>({
      type: OpCode.auth,
      title: `addAuth ${scheme}`,
      encode: () => {},
      decode: () => undefined,
    })
    this.#host.handle({ type: 'addAuth', scheme, data, call })
    return call.promise as Promise<void>
  }

  #call<T>(path: string, { encode, watch, title, ...options }: PathCall<T>): Promise<T> {
    let call: PendingCall<T>
    try {
      const serverPath = this.#chroot.toServer(path)
      call = new PendingCall<T>({
        ...options,
        title: `${title} ${path}`,
        encode: encode(serverPath),
        watch: watch && { ...watch, path: serverPath },
      })
    } catch (error) {
      return Promise.reject(error as Error)
    }
    this.#host.handle({ type: 'submit', call: call as PendingCall<unknown> })
    return call.promise
  }

  #changed(state: ClientState): void {
    this.#state = state
    for (const listener of this.#listeners) listener(state)
  }
}

function createType(mode: CreateModeName | undefined): OpCode {
  switch (mode) {
    case 'container':
      return OpCode.createContainer
    case 'persistentWithTtl':
    case 'persistentSequentialWithTtl':
      return OpCode.createTtl
    default:
      return OpCode.create2
  }
}

/** A call that is about one path: `encode` gets the server's name for it. */
interface PathCall<T> extends Omit<CallOptions<T>, 'encode' | 'watch'> {
  readonly encode: (serverPath: string) => CallOptions<T>['encode']
  readonly watch?: Omit<NonNullable<Call['watch']>, 'path'> | undefined
}
