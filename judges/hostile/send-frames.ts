// Many frames over several connections at once: each connection sends some, and is made anew when the broker has ended it.
import net from 'node:net'

export interface FrameSource {
  next(): Buffer
}

/** How many frames one connection sends before it waits for what the broker makes of them. */
const framesAtOnce = 16
const connectionCount = 12
/** A request that is parked, or half of a frame, is left alone after so long. */
const patienceMs = 60

/** Sends `count` frames. Rejects when the broker no longer takes connections. */
export async function sendFrames(address: string, source: FrameSource, count: number): Promise<void> {
  let left = count
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const frames = Array.from({ length: Math.min(framesAtOnce, left) }, () => source.next())
      left -= frames.length
      await sendOver(address, frames)
    }
  }
  await Promise.all(Array.from({ length: connectionCount }, worker))
}

/** Resolves when the broker has ended the connection, has answered each frame, or says nothing any more. */
function sendOver(address: string, frames: readonly Buffer[]): Promise<void> {
  const [host = '', port = ''] = address.split(':')
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port: Number(port) })
    let isConnected = false
    let timer: NodeJS.Timeout | undefined
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve()
    }
    const waitAgain = (): void => {
      clearTimeout(timer)
      timer = setTimeout(done, patienceMs)
    }
    socket.on('connect', () => {
      isConnected = true
      socket.write(Buffer.concat(frames))
      waitAgain()
    })
    socket.on('data', waitAgain)
    socket.on('end', done)
    socket.on('error', (error) => {
      if (isConnected) done()
      else reject(new Error(`the broker takes no connection: ${error.message}`))
    })
  })
}
