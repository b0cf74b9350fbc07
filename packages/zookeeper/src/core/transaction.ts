import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'
import {
  checkVersionTxn,
  closeSessionTxn,
  createContainerTxn,
  createSessionTxn,
  createTtlTxn,
  createTxn,
  createTxnV0,
  deleteTxn,
  errorTxn,
  multiTxn,
  OpCode,
  setAclTxn,
  setDataTxn,
  txnDigest,
  txnHeader,
} from '@odradek/zookeeper-protocol'
import type {
  CheckVersionTxn,
  CloseSessionTxn,
  CreateContainerTxn,
  CreateSessionTxn,
  CreateTtlTxn,
  CreateTxn,
  DeleteTxn,
  ErrorTxn,
  JuteRecord,
  SetAclTxn,
  SetDataTxn,
  TxnDigest,
  TxnHeader,
} from '@odradek/zookeeper-protocol'

const op = OpCode

/**
 * One change of the tree or of the sessions: the result of a request that was checked, so that applying it needs no further
 * decision and may be repeated. It is what the log holds and what a leader proposes.
 */
export type Transaction =
  | { readonly type: typeof op.create | typeof op.create2; readonly value: CreateTxn }
  | { readonly type: typeof op.createContainer; readonly value: CreateContainerTxn }
  | { readonly type: typeof op.createTtl; readonly value: CreateTtlTxn }
  | { readonly type: typeof op.delete | typeof op.deleteContainer; readonly value: DeleteTxn }
  | { readonly type: typeof op.setData | typeof op.reconfig; readonly value: SetDataTxn }
  | { readonly type: typeof op.setAcl; readonly value: SetAclTxn }
  | { readonly type: typeof op.check; readonly value: CheckVersionTxn }
  | { readonly type: typeof op.createSession; readonly value: CreateSessionTxn }
  | { readonly type: typeof op.closeSession; readonly value: CloseSessionTxn }
  | { readonly type: typeof op.error; readonly value: ErrorTxn }
  | { readonly type: typeof op.multi; readonly value: readonly Transaction[] }

/** A transaction with what orders and dates it. */
export interface LogEntry {
  readonly header: TxnHeader
  readonly transaction: Transaction
  /** The digest that the tree has once this is applied. */
  readonly digest: TxnDigest | undefined
}

type SimpleType = Exclude<Transaction['type'], typeof op.multi>

const definitions = {
  [op.create]: createTxn,
  [op.create2]: createTxn,
  [op.createContainer]: createContainerTxn,
  [op.createTtl]: createTtlTxn,
  [op.delete]: deleteTxn,
  [op.deleteContainer]: deleteTxn,
  [op.setData]: setDataTxn,
  [op.reconfig]: setDataTxn,
  [op.setAcl]: setAclTxn,
  [op.check]: checkVersionTxn,
  [op.createSession]: createSessionTxn,
  [op.closeSession]: closeSessionTxn,
  [op.error]: errorTxn,
} as unknown as Readonly<Record<SimpleType, JuteRecord<unknown>>>

/** What an entry has beside what its request brought: header, digest, and a little for each kind of transaction. */
const entryExtraBytes = 128

/** The entry's bytes, in the log as in a proposal, in one piece that has room for what the request brought. */
export function encodeLogEntry(entry: LogEntry, requestSizeBytes = 0): Buffer {
  const writer = new ByteWriter(requestSizeBytes + entryExtraBytes, Infinity)
  txnHeader.encode(writer, entry.header)
  encodeTransaction(writer, entry.transaction)
  if (entry.digest !== undefined) txnDigest.encode(writer, entry.digest)
  return writer.concat()
}

function encodeTransaction(writer: ByteWriter, transaction: Transaction): void {
  if (transaction.type !== op.multi) return definitions[transaction.type].encode(writer, transaction.value)
  // `multiTxn`, without a buffer of its own for each part.
  writer.int32(transaction.value.length)
  for (const part of transaction.value) {
    writer.int32(part.type)
    const length = writer.placeholderInt32()
    const start = writer.sizeBytes
    encodeTransaction(writer, part)
    length.set(writer.sizeBytes - start)
  }
}

/** Throws `DecodeError` for bytes that no ZooKeeper writes. */
export function decodeLogEntry(bytes: Buffer): LogEntry {
  const reader = new ByteReader(bytes)
  const header = txnHeader.decode(reader)
  const transaction = decodeTransaction(reader, header.type)
  return {
    header,
    transaction,
    digest: reader.remaining >= txnDigest.minSizeBytes ? txnDigest.decode(reader) : undefined,
  }
}

function decodeTransaction(reader: ByteReader, type: number): Transaction {
  if (type === op.multi) {
    const { txns } = multiTxn.decode(reader)
    if (txns === null) throw new DecodeError('MALFORMED', 'a multi transaction without its list')
    return {
      type,
      value: txns.map((part) => decodeTransaction(new ByteReader(part.data ?? Buffer.alloc(0)), part.type)),
    }
  }
  const definition = definitions[type as SimpleType] as JuteRecord<unknown> | undefined
  if (definition === undefined) throw new DecodeError('MALFORMED', `transaction of unknown type ${type}`)
  const start = reader.position
  try {
    return { type, value: definition.decode(reader) } as Transaction
  } catch (error) {
    if (!(error instanceof DecodeError) || error.code !== 'TRUNCATED') throw error
    reader.position = start
    return decodeOldForm(reader, type, error)
  }
}

/** What servers before 3.4 (create without the parent's cversion) and before 3.6 (closeSession without paths) wrote. */
function decodeOldForm(reader: ByteReader, type: number, error: DecodeError): Transaction {
  if (type === op.create) return { type, value: { ...createTxnV0.decode(reader), parentCVersion: -1 } }
  if (type === op.closeSession) return { type, value: { paths2Delete: [] } }
  throw error
}
