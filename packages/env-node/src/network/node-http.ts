import type { HttpHandler } from '@odradek/base'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { once } from 'node:events'

// An import would evaluate every getter among the exports of node:http, and one of them loads the whole of fetch.
const { createServer } = process.getBuiltinModule('node:http')

/** An HTTP/1.1 server over a handler in the terms of fetch. A handler that throws answers 500 without telling why. */
export function createHttpServer(handler: HttpHandler): Server {
  return createServer((incoming, outgoing) => {
    answer(handler, incoming, outgoing).catch(() => outgoing.destroy())
  })
}

async function answer(handler: HttpHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  let response: Response
  try {
    response = await handler(toRequest(incoming, outgoing))
  } catch {
    response = new Response('Internal Server Error\n', { status: 500 })
  }
  await send(response, incoming.method === 'HEAD', outgoing)
}

function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const method = incoming.method ?? 'GET'
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] as string, incoming.rawHeaders[index + 1] as string)
  }
  const aborter = new AbortController()
  outgoing.on('close', () => aborter.abort())
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host ?? 'localhost'}`)
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers, signal: aborter.signal })
  const body = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
  return new Request(url, { method, headers, body, duplex: 'half', signal: aborter.signal })
}

async function send(response: Response, isHead: boolean, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status
  if (response.statusText !== '') outgoing.statusMessage = response.statusText
  outgoing.setHeaders(response.headers)
  if (response.body !== null && !isHead) {
    for await (const chunk of response.body) {
      if (outgoing.destroyed) return
      if (!outgoing.write(chunk)) await Promise.race([once(outgoing, 'drain'), once(outgoing, 'close')])
    }
  }
  outgoing.end()
}
