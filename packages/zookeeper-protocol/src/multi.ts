// The bodies of multi (14) and multiRead (22): each operation behind a MultiHeader, closed by the header {-1, true, -1}.
import { DecodeError } from '@odradek/base'
import type { ByteReader, ByteWriter } from '@odradek/base'
import { OpCode } from './op-code.ts'
import {
  checkVersionRequest,
  create2Response,
  createRequest,
  createResponse,
  createTtlRequest,
  deleteRequest,
  errorResponse,
  getChildrenRequest,
  getChildrenResponse,
  getDataRequest,
  getDataResponse,
  multiHeader,
  setDataRequest,
  setDataResponse,
} from './records/proto.ts'
import type {
  CheckVersionRequest,
  CreateRequest,
  CreateTtlRequest,
  DeleteRequest,
  GetChildrenRequest,
  GetDataRequest,
  SetDataRequest,
} from './records/proto.ts'
import type { Stat } from './records/data.ts'

const op = OpCode

/** One operation of a multi or multiRead request. */
export type MultiOperation =
  | {
      readonly type: typeof op.create | typeof op.create2 | typeof op.createContainer
      readonly request: CreateRequest
    }
  | { readonly type: typeof op.createTtl; readonly request: CreateTtlRequest }
  | { readonly type: typeof op.delete; readonly request: DeleteRequest }
  | { readonly type: typeof op.setData; readonly request: SetDataRequest }
  | { readonly type: typeof op.check; readonly request: CheckVersionRequest }
  | { readonly type: typeof op.getData; readonly request: GetDataRequest }
  | { readonly type: typeof op.getChildren; readonly request: GetChildrenRequest }

/** The result of one operation. Container and TTL creates answer as create2. `error` is what every operation of a failed multi gets. */
export type MultiResult =
  | { readonly type: typeof op.create; readonly path: string | null }
  | { readonly type: typeof op.create2; readonly path: string | null; readonly stat: Stat }
  | { readonly type: typeof op.setData; readonly stat: Stat }
  | { readonly type: typeof op.delete | typeof op.check }
  | { readonly type: typeof op.getData; readonly data: Buffer | null; readonly stat: Stat }
  | { readonly type: typeof op.getChildren; readonly children: readonly (string | null)[] | null }
  | { readonly type: typeof op.error; readonly err: number }

const end = { type: -1, done: true, err: -1 }

/** The operations of a request. Throws `DecodeError` at the first that is not allowed in one. */
export function decodeMultiRequest(reader: ByteReader): MultiOperation[] {
  const operations: MultiOperation[] = []
  for (;;) {
    const header = multiHeader.decode(reader)
    if (header.done) return operations
    operations.push(decodeOperation(reader, header.type))
  }
}

function decodeOperation(reader: ByteReader, type: number): MultiOperation {
  switch (type) {
    case op.create:
    case op.create2:
    case op.createContainer:
      return { type, request: createRequest.decode(reader) }
    case op.createTtl:
      return { type, request: createTtlRequest.decode(reader) }
    case op.delete:
      return { type, request: deleteRequest.decode(reader) }
    case op.setData:
      return { type, request: setDataRequest.decode(reader) }
    case op.check:
      return { type, request: checkVersionRequest.decode(reader) }
    case op.getData:
      return { type, request: getDataRequest.decode(reader) }
    case op.getChildren:
      return { type, request: getChildrenRequest.decode(reader) }
    default:
      throw new DecodeError('MALFORMED', `operation ${type} in a multi`)
  }
}

export function encodeMultiRequest(writer: ByteWriter, operations: readonly MultiOperation[]): void {
  for (const operation of operations) {
    multiHeader.encode(writer, { type: operation.type, done: false, err: -1 })
    encodeOperation(writer, operation)
  }
  multiHeader.encode(writer, end)
}

function encodeOperation(writer: ByteWriter, { type, request }: MultiOperation): void {
  switch (type) {
    case op.create:
    case op.create2:
    case op.createContainer:
      return createRequest.encode(writer, request)
    case op.createTtl:
      return createTtlRequest.encode(writer, request)
    case op.delete:
      return deleteRequest.encode(writer, request)
    case op.setData:
      return setDataRequest.encode(writer, request)
    case op.check:
      return checkVersionRequest.encode(writer, request)
    case op.getData:
      return getDataRequest.encode(writer, request)
    case op.getChildren:
      return getChildrenRequest.encode(writer, request)
  }
}

export function decodeMultiResponse(reader: ByteReader): MultiResult[] {
  const results: MultiResult[] = []
  for (;;) {
    const header = multiHeader.decode(reader)
    if (header.done) return results
    results.push(decodeResult(reader, header.type))
  }
}

function decodeResult(reader: ByteReader, type: number): MultiResult {
  switch (type) {
    case op.create:
      return { type, ...createResponse.decode(reader) }
    case op.create2:
      return { type, ...create2Response.decode(reader) }
    case op.setData:
      return { type, ...setDataResponse.decode(reader) }
    case op.delete:
    case op.check:
      return { type }
    case op.getData:
      return { type, ...getDataResponse.decode(reader) }
    case op.getChildren:
      return { type, ...getChildrenResponse.decode(reader) }
    case op.error:
      return { type, ...errorResponse.decode(reader) }
    default:
      throw new DecodeError('MALFORMED', `result of type ${type} in the answer to a multi`)
  }
}

export function encodeMultiResponse(writer: ByteWriter, results: readonly MultiResult[]): void {
  for (const result of results) {
    multiHeader.encode(writer, { type: result.type, done: false, err: result.type === op.error ? result.err : 0 })
    encodeResult(writer, result)
  }
  multiHeader.encode(writer, end)
}

function encodeResult(writer: ByteWriter, result: MultiResult): void {
  switch (result.type) {
    case op.create:
      return createResponse.encode(writer, result)
    case op.create2:
      return create2Response.encode(writer, result)
    case op.setData:
      return setDataResponse.encode(writer, result)
    case op.delete:
    case op.check:
      return
    case op.getData:
      return getDataResponse.encode(writer, result)
    case op.getChildren:
      return getChildrenResponse.encode(writer, result)
    case op.error:
      return errorResponse.encode(writer, result)
  }
}
