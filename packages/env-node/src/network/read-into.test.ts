import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Connection } from '@odradek/base'
import { NodeNetwork } from './node-network.ts'

/** A connection and the side of it that the server got. */
async function pair(
  network: NodeNetwork,
): Promise<{ client: Connection; server: Connection; close: () => Promise<void> }> {
  const accepted = Promise.withResolvers<Connection>()
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, (connection) => {
    let ended = false
    // The contract asks for a handler in this turn; the test gives its own through this one.
    connection.handle({
      readTarget: () => target,
      onData: (chunk) => onData(chunk),
      onEnd: () => {
        ended = true
        connection.end()
      },
      onClose: () => onClose(ended),
    })
    accepted.resolve(connection)
  })
  const client = await network.connect({ host: '127.0.0.1', port: listener.port })
  client.handle({ onData: () => undefined, onClose: () => undefined })
  return { client, server: await accepted.promise, close: () => listener.close() }
}

let target = Buffer.alloc(0)
let onData: (chunk: Buffer) => void = () => undefined
let onClose: (ended: boolean) => void = () => undefined

describe('reading into buffers of the owner', () => {
  it('fills them in place, asks for one before each read, and sees the end', async () => {
    const network = new NodeNetwork()
    const sent = Buffer.alloc(300_000)
    for (let index = 0; index < sent.length; index++) sent[index] = index % 251
    const received = Buffer.alloc(sent.length)
    let position = 0
    let inPlace = 0
    target = received
    onData = (chunk) => {
      if (chunk.buffer === received.buffer && chunk.byteOffset === received.byteOffset + position)
        inPlace += chunk.length
      position += chunk.length
      target = position < received.length ? received.subarray(position) : Buffer.alloc(10)
    }
    const closed = new Promise<boolean>((resolve) => (onClose = resolve))
    const { client, close } = await pair(network)
    client.write([sent])
    client.end()
    assert.equal(await closed, true)
    assert.equal(inPlace, sent.length)
    assert.ok(received.equals(sent))
    await close()
  })

  it('stops with pause and goes on with resume', async () => {
    const network = new NodeNetwork()
    target = Buffer.alloc(1024)
    let count = 0
    let wake: () => void = () => undefined
    onData = (chunk) => {
      count += chunk.length
      if (!paused && count > 0) {
        paused = true
        server.pause()
      }
      wake()
    }
    let paused = false
    const closed = new Promise<boolean>((resolve) => (onClose = resolve))
    const { client, server, close } = await pair(network)
    const first = new Promise<void>((resolve) => (wake = resolve))
    client.write([Buffer.alloc(100_000)])
    await first
    const atPause = count
    assert.equal(atPause, 1024)
    const echo = await pairTurn(network)
    assert.equal(count, atPause)
    server.resume()
    client.end()
    await closed
    assert.equal(count, 100_000)
    await close()
    await echo()
  })
})

/** Lets another connection carry a byte there and back: the loop has turned several times. */
async function pairTurn(network: NodeNetwork): Promise<() => Promise<void>> {
  const listener = await network.listen({ host: '127.0.0.1', port: 0 }, (connection) => {
    connection.handle({ onData: (chunk) => connection.write([chunk]), onClose: () => undefined })
  })
  const client = await network.connect({ host: '127.0.0.1', port: listener.port })
  await new Promise<void>((resolve) => {
    client.handle({ onData: () => resolve(), onClose: () => undefined })
    client.write([Buffer.from('x')])
  })
  client.destroy()
  return () => listener.close()
}
