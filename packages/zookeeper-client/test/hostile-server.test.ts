// Whatever bytes a server sends, the client neither throws nor hangs: calls are settled and it looks for another server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Simulation } from '@odradek/env-sim'
import { ByteWriter } from '@odradek/base'
import type { Connection } from '@odradek/base'
import { encodeConnectResponse, replyHeader } from '@odradek/zookeeper-protocol'
import { ZooKeeperClient } from '../src/index.ts'

const connectAnswer = framed(
  encoded((writer) =>
    encodeConnectResponse(writer, {
      protocolVersion: 0,
      timeOut: 6000,
      sessionId: 7n,
      passwd: Buffer.alloc(16),
      readOnly: false,
    }),
  ),
)

function encoded(encode: (writer: ByteWriter) => void): Buffer {
  const writer = new ByteWriter()
  encode(writer)
  return writer.concat()
}

function framed(body: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

/** Bytes as they are, packets of any bytes, and answers with any body to the requests that are in flight. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => framed(Buffer.from(bytes))),
  fc
    .tuple(
      fc.constantFrom(-8, -4, -2, -1, 1, 2, 3),
      fc.constantFrom(0, 0, 0, -101, -1000),
      fc.uint8Array({ maxLength: 200 }),
    )
    .map(([xid, err, body]) =>
      framed(Buffer.concat([replyHeader.toBuffer({ xid, zxid: 1n, err }), Buffer.from(body)])),
    ),
)

const several = fc.array(hostile, { minLength: 1, maxLength: 6 })

test('no answer of a server makes the client throw, hang, or leave a call open', async () => {
  await fc.assert(
    fc.asyncProperty(several, fc.boolean(), fc.boolean(), async (sent, opensWell, renewSession) => {
      const simulation = new Simulation({ seed: 1 })
      const server = simulation.machine('server').env
      const onConnection = (connection: Connection): void => {
        connection.handle({ onData: () => {}, onClose: () => {} })
        if (opensWell) connection.write([connectAnswer])
        simulation.schedule(20, 'hostile bytes', () => connection.write(sent))
      }
      await simulation.runUntil(server.network.listen({ host: '0.0.0.0', port: 2181 }, onConnection))
      const client = new ZooKeeperClient(simulation.machine('client').env, {
        connectString: 'server:2181',
        sessionTimeoutMs: 6000,
        renewSession,
      })
      const calls = [client.connect(), client.getChildren('/'), client.getData('/', () => {}), client.multi([])]
      const settled = Promise.allSettled(calls)
      await simulation.run(15_000)
      await simulation.runUntil(client.close())
      for (const { status, reason } of (await simulation.runUntil(settled)) as PromiseRejectedResult[]) {
        if (status === 'rejected') assert.equal((reason as Error).name, 'ZooKeeperError')
      }
      assert.ok(['closed', 'expired', 'authFailed'].includes(client.state))
    }),
    { numRuns: 40 },
  )
})
