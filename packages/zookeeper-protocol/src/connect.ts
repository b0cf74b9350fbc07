// The first packet of each side. ZooKeeper 3.4 added a flag behind the record; a peer without it is told nothing of it.
import type { ByteReader, ByteWriter } from '@odradek/base'
import { connectRequest, connectResponse } from './records/proto.ts'
import type { ConnectRequest, ConnectResponse } from './records/proto.ts'

/** `readOnly` is undefined when the peer is too old to know of it. */
export interface WithReadOnly {
  readonly readOnly: boolean | undefined
}

export function decodeConnectRequest(reader: ByteReader): ConnectRequest & WithReadOnly {
  const request = connectRequest.decode(reader)
  return { ...request, readOnly: reader.remaining > 0 ? reader.boolean() : undefined }
}

export function encodeConnectRequest(writer: ByteWriter, request: ConnectRequest & WithReadOnly): void {
  connectRequest.encode(writer, request)
  if (request.readOnly !== undefined) writer.boolean(request.readOnly)
}

export function decodeConnectResponse(reader: ByteReader): ConnectResponse & WithReadOnly {
  const response = connectResponse.decode(reader)
  return { ...response, readOnly: reader.remaining > 0 ? reader.boolean() : undefined }
}

export function encodeConnectResponse(writer: ByteWriter, response: ConnectResponse & WithReadOnly): void {
  connectResponse.encode(writer, response)
  if (response.readOnly !== undefined) writer.boolean(response.readOnly)
}
