import net from 'node:net'
import { pause } from '../../judges/lib/poll-until.ts'

const retryMs = 2

/**
 * When, on the clock of `performance.now`, a broker on this port first answered a Metadata request (version 1, all topics) with at
 * least one broker and a controller. Asks again and again from now on.
 */
export async function firstMetadataAnswer(port: number, withinMs: number): Promise<number> {
  const endMs = performance.now() + withinMs
  while (performance.now() < endMs) {
    if (await hasAnswered(port)) return performance.now()
    await pause(retryMs)
  }
  throw new Error(`no Metadata answer on port ${port} within ${withinMs} ms`)
}

/** int32 size, api key 3, version 1, correlation id 7, no client id, no topics listed (an empty list). */
const request = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 7, 255, 255, 0, 0, 0, 0])

function hasAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port })
    let answer = Buffer.alloc(0)
    const done = (isAnswer: boolean): void => {
      socket.destroy()
      resolve(isAnswer)
    }
    socket.setTimeout(500, () => done(false))
    socket.on('error', () => done(false))
    socket.on('close', () => done(false))
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk])
      if (answer.length >= 4 && answer.length >= 4 + answer.readInt32BE(0)) done(namesController(answer))
    })
  })
}

/** Behind size and correlation id: brokers (id, host, port, rack), controller id, topics. */
function namesController(answer: Buffer): boolean {
  let at = 8
  const brokerCount = answer.readInt32BE(at)
  at += 4
  for (let index = 0; index < brokerCount; index++) {
    at += 4
    at += 2 + answer.readInt16BE(at)
    at += 4
    at += 2 + Math.max(0, answer.readInt16BE(at))
  }
  return brokerCount > 0 && answer.readInt32BE(at) >= 0
}
