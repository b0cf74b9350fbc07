// ZooKeeper's requests as bytes, made once and sent again and again: the load generator must not be what is measured.

const xidBytes = 1

/** Length and content. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int32(bytes.length), bytes])
}

function int32(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeInt32BE(value)
  return buffer
}

function data(sizeBytes: number): Buffer {
  return Buffer.concat([int32(sizeBytes), Buffer.alloc(sizeBytes, 'x')])
}

/** A packet with its length before it. Servers do not compare the numbers of requests, so all have the same. */
function request(type: number, ...body: readonly Buffer[]): Buffer {
  const content = Buffer.concat([int32(xidBytes), int32(type), ...body])
  return Buffer.concat([int32(content.length), content])
}

const openAcl = Buffer.concat([int32(1), int32(31), text('world'), text('anyone')])
const anyVersion = int32(-1)

export const timeoutMs = 40_000

/** Asks for a new session. */
export function connectFrame(): Buffer {
  const content = Buffer.alloc(45)
  content.writeInt32BE(timeoutMs, 12)
  content.writeInt32BE(16, 24)
  return Buffer.concat([int32(content.length), content])
}

export function createFrame(path: string, sizeBytes: number): Buffer {
  return request(1, text(path), data(sizeBytes), openAcl, int32(0))
}

export function deleteFrame(path: string): Buffer {
  return request(2, text(path), anyVersion)
}

export function setDataFrame(path: string, sizeBytes: number): Buffer {
  return request(5, text(path), data(sizeBytes), anyVersion)
}

export function getDataFrame(path: string, watch = false): Buffer {
  return request(4, text(path), Buffer.from([watch ? 1 : 0]))
}

/** One transaction that makes all of these nodes. */
export function multiCreateFrame(paths: readonly string[], sizeBytes: number): Buffer {
  const header = (type: number, done: number): Buffer => Buffer.concat([int32(type), Buffer.from([done]), int32(-1)])
  const parts = paths.flatMap((path) => [header(1, 0), text(path), data(sizeBytes), openAcl, int32(0)])
  return request(14, ...parts, header(-1, 1))
}
