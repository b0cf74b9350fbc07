import { ClientError } from '../client-error.ts'
import type { CommonConfig } from '../config/common-keys.ts'
import type { OauthToken } from '../config/security-keys.ts'

/** What asks an HTTP server, in the terms of the web platform. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const lifeMsDefault = 300_000

/** A token by client credentials (RFC 6749, 4.4) from sasl.oauthbearer.token.endpoint.url. Rejects with `ClientError` AUTHENTICATION_FAILED. */
export async function oidcToken(config: CommonConfig, fetch: Fetch, nowMs: number): Promise<OauthToken> {
  const url = config['sasl.oauthbearer.token.endpoint.url'] ?? ''
  const id = config['sasl.oauthbearer.client.credentials.client.id'] ?? ''
  const secret = config['sasl.oauthbearer.client.credentials.client.secret'] ?? ''
  const scope = config['sasl.oauthbearer.scope']
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) })
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${credentials}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: body.toString(),
  })
  const answer = (await response.json().catch(() => ({}))) as { access_token?: unknown; expires_in?: unknown }
  if (!response.ok || typeof answer.access_token !== 'string') {
    throw new ClientError('AUTHENTICATION_FAILED', `${url} gave no access_token: status ${response.status}`)
  }
  const lifeMs = typeof answer.expires_in === 'number' ? answer.expires_in * 1000 : lifeMsDefault
  return { value: answer.access_token, expiresAtMs: nowMs + lifeMs }
}
