import type { Env, HttpHandler } from '@odradek/base'

/** What `/health` says of one part of the process. */
export interface PartHealth {
  readonly name: string
  readonly healthy: boolean
  readonly detail: string
}

/**
 * The process's own HTTP face: `/metrics` in Prometheus' text format, `/health` as JSON with status 200 when every part is
 * healthy and 503 otherwise.
 */
export function httpEndpoints(env: Env, health: () => readonly PartHealth[]): HttpHandler {
  return (request) => {
    const { pathname } = new URL(request.url)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('only GET is answered here\n', { status: 405, headers: { allow: 'GET, HEAD' } })
    }
    switch (pathname) {
      case '/metrics':
        return new Response(env.metrics.render(), {
          headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
        })
      case '/health': {
        const parts = health()
        const healthy = parts.every((part) => part.healthy)
        return Response.json({ status: healthy ? 'up' : 'down', parts }, { status: healthy ? 200 : 503 })
      }
      default:
        return new Response('no such page; there are /metrics and /health\n', { status: 404 })
    }
  }
}
