import type { Env } from '@odradek/base'

/** A random id of 22 letters, as Kafka's Uuid prints them: it begins with no dash. */
export function randomUuid(env: Env): string {
  for (;;) {
    const text = env.random.bytes(16).toString('base64url')
    if (!text.startsWith('-')) return text
  }
}
