// What servers say to each other on the election port (`FastLeaderElection`, `QuorumCnxManager`): no jute records, but the same big-endian numbers.
import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'

/** `QuorumPeer.ServerState`, by its place in the enumeration. */
export const PeerState = { looking: 0, following: 1, leading: 2, observing: 3 } as const
export type PeerState = (typeof PeerState)[keyof typeof PeerState]

const isPeerState = (value: number): value is PeerState => value >= PeerState.looking && value <= PeerState.observing

/** One server's vote, told to another. */
export interface ElectionNotification {
  readonly state: PeerState
  /** Whom it votes for. */
  readonly leader: bigint
  /** The last transaction of that server. */
  readonly zxid: bigint
  /** The round of the election. */
  readonly electionEpoch: bigint
  /** The epoch of that server. */
  readonly peerEpoch: bigint
  /** The text of the ensemble's configuration; undefined from servers before 3.5. */
  readonly configuration: string | undefined
}

const versionWithConfiguration = 2
const versionBefore = 1
const oldestSizeBytes = 28
const plainSizeBytes = 40

/** The body of the frame; an int32 with its length goes before it. */
export function encodeElectionNotification(notification: ElectionNotification): Buffer {
  const { state, leader, zxid, electionEpoch, peerEpoch, configuration } = notification
  const writer = new ByteWriter()
  writer.int32(state)
  for (const value of [leader, zxid, electionEpoch, peerEpoch]) writer.int64(value)
  writer.int32(configuration === undefined ? versionBefore : versionWithConfiguration)
  if (configuration !== undefined) {
    const text = Buffer.from(configuration)
    writer.int32(text.length)
    writer.bytes(text)
  }
  return writer.concat()
}

/** Throws `DecodeError`. Servers before 3.4 stop behind the round: then the epoch is the upper half of the zxid. */
export function decodeElectionNotification(body: Buffer): ElectionNotification {
  const reader = new ByteReader(body)
  const state = reader.int32()
  if (!isPeerState(state)) throw new DecodeError('MALFORMED', `a vote of a server in state ${state}`)
  const leader = reader.int64()
  const zxid = reader.int64()
  const electionEpoch = reader.int64()
  const peerEpoch = body.length === oldestSizeBytes ? zxid >> 32n : reader.int64()
  const version = body.length > plainSizeBytes - 4 ? reader.int32() : 0
  const hasConfiguration = version >= versionWithConfiguration
  const configuration = hasConfiguration ? readText(reader) : undefined
  return { state, leader, zxid, electionEpoch, peerEpoch, configuration }
}

/** The first message of whoever opens a connection for elections: who it is, and where it listens. */
export interface ElectionGreeting {
  readonly serverId: bigint
  /** `host:port`; several only with `multiAddress.enabled`. */
  readonly addresses: readonly string[]
}

const protocolOfOneAddress = -65536n
const protocolOfAddresses = -65535n
const addressesSizeBytesMax = 2048

export function encodeElectionGreeting({ serverId, addresses }: ElectionGreeting): Buffer {
  const writer = new ByteWriter()
  writer.int64(addresses.length === 1 ? protocolOfOneAddress : protocolOfAddresses)
  writer.int64(serverId)
  const text = Buffer.from(addresses.join('|'))
  writer.int32(text.length)
  writer.bytes(text)
  return writer.concat()
}

/** Undefined until all of it has come: then the reader stands behind it. Throws `DecodeError`. */
export function decodeElectionGreeting(reader: ByteReader): ElectionGreeting | undefined {
  const headSizeBytes = 20
  if (reader.remaining < headSizeBytes) return undefined
  const start = reader.position
  const protocol = reader.int64()
  if (protocol !== protocolOfOneAddress && protocol !== protocolOfAddresses) {
    throw new DecodeError('MALFORMED', `a greeting of election protocol ${protocol}`)
  }
  const serverId = reader.int64()
  const length = reader.int32()
  if (length <= 0 || length > addressesSizeBytesMax) {
    throw new DecodeError('TOO_LARGE', `addresses of ${length} bytes in a greeting`)
  }
  if (reader.remaining < length) {
    reader.position = start
    return undefined
  }
  return { serverId, addresses: reader.bytes(length).toString('utf8').split('|') }
}

function readText(reader: ByteReader): string {
  const length = reader.int32()
  if (length < 0 || length > reader.remaining) {
    throw new DecodeError('TRUNCATED', `a configuration of ${length} bytes in a vote`)
  }
  return reader.bytes(length).toString('utf8')
}
