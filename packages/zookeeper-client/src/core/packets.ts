import { ByteWriter } from '@odradek/base'
import { requestHeader } from '@odradek/zookeeper-protocol'

/** A packet with its length in front, as a list of buffers. */
export function framed(encode: (writer: ByteWriter) => void): Buffer[] {
  const writer = new ByteWriter()
  const length = writer.placeholderInt32()
  encode(writer)
  length.set(writer.sizeBytes - 4)
  return writer.finish()
}

/** A request with its header. */
export function requestPacket(xid: number, type: number, encodeBody?: (writer: ByteWriter) => void): Buffer[] {
  return framed((writer) => {
    requestHeader.encode(writer, { xid, type })
    encodeBody?.(writer)
  })
}
