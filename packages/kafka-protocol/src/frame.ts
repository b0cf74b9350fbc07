import { ByteReader, ByteWriter } from '@odradek/base'
import { requestHeaderVersion, responseHeaderVersion } from './api-key.ts'
import type { Input, Message } from './definition/message.ts'
import { requestHeader } from './messages/request-header.ts'
import { responseHeader } from './messages/response-header.ts'

/** What stands before the body of a request. */
export interface RequestEnvelope {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/** A whole frame: size, header and body, as buffers to be written one after the other. */
export function encodeRequest<T>(envelope: RequestEnvelope, message: Message<T>, value: Input<T>): Buffer[] {
  const { apiKey, apiVersion, correlationId, clientId } = envelope
  const writer = new ByteWriter()
  const size = writer.placeholderInt32()
  const header = { requestApiKey: apiKey, requestApiVersion: apiVersion, correlationId, clientId }
  requestHeader.encode(writer, header, requestHeaderVersion(apiKey, apiVersion))
  message.encode(writer, value, apiVersion)
  size.set(writer.sizeBytes - 4)
  return writer.finish()
}

/** A whole frame: size, header and body, as buffers to be written one after the other. */
export function encodeResponse<T>(
  envelope: { readonly apiKey: number; readonly apiVersion: number; readonly correlationId: number },
  message: Message<T>,
  value: Input<T>,
): Buffer[] {
  const { apiKey, apiVersion, correlationId } = envelope
  const writer = new ByteWriter()
  const size = writer.placeholderInt32()
  responseHeader.encode(writer, { correlationId }, responseHeaderVersion(apiKey, apiVersion))
  message.encode(writer, value, apiVersion)
  size.set(writer.sizeBytes - 4)
  return writer.finish()
}

/** Reads the header of a request (without the frame's size) and leaves the reader at the body. Throws `DecodeError`. */
export function decodeRequestHeader(reader: ByteReader): RequestEnvelope {
  const ahead = new ByteReader(reader.buffer, reader.position, reader.end)
  const version = requestHeaderVersion(ahead.int16(), ahead.int16())
  const header = requestHeader.decode(reader, version)
  return {
    apiKey: header.requestApiKey,
    apiVersion: header.requestApiVersion,
    correlationId: header.correlationId,
    clientId: version === 0 ? null : header.clientId,
  }
}

/** Reads the header of a response (without the frame's size), leaves the reader at the body and returns the correlation id. */
export function decodeResponseHeader(reader: ByteReader, apiKey: number, apiVersion: number): number {
  return responseHeader.decode(reader, responseHeaderVersion(apiKey, apiVersion)).correlationId
}
