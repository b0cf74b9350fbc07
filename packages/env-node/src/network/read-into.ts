import type { Socket } from 'node:net'

interface ReadableHandle {
  useUserBuffer?(buffer: Uint8Array): void
}

/**
 * Has a connected socket read into buffers of its owner, as node:net does for sockets that are made with `onread`; sockets that a server
 * accepted cannot be made so. It sets what that option sets. False, and nothing is changed, where this Node has it otherwise inside:
 * then the owner must listen for `data`.
 *
 * Worth it for large requests: no buffer, and no garbage, for every 64 KiB that arrive, and no copy out of it.
 */
export function readInto(socket: Socket, target: () => Buffer | undefined, onData: (chunk: Buffer) => void): boolean {
  const handle = (socket as unknown as { _handle?: ReadableHandle | null })._handle
  const symbols = new Map(allSymbols(socket).map((symbol) => [symbol.description, symbol]))
  const buffer = symbols.get('kBuffer')
  const callback = symbols.get('kBufferCb')
  const generator = symbols.get('kBufferGen')
  const first = target()
  if (buffer === undefined || callback === undefined || generator === undefined) return false
  if (first === undefined || typeof handle?.useUserBuffer !== 'function') return false
  const internals = socket as unknown as Record<symbol, unknown>
  internals[buffer] = first
  internals[generator] = target
  internals[callback] = (length: number, filled: Buffer) => onData(filled.subarray(0, length))
  handle.useUserBuffer(first)
  return true
}

function allSymbols(socket: Socket): symbol[] {
  const symbols: symbol[] = []
  for (let object: object | null = socket; object !== null; object = Object.getPrototypeOf(object) as object | null) {
    symbols.push(...Object.getOwnPropertySymbols(object))
  }
  return symbols
}
