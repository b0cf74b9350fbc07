import type { Random } from '@odradek/base'

/** A random id in Kafka's form: 16 bytes of a version-4 UUID as 22 characters of base64url, none of which begin with a dash. */
export function newTopicId(random: Random): string {
  for (;;) {
    const bytes = random.bytes(16)
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
    const text = bytes.toString('base64url')
    // Command lines would take it for an option.
    if (!text.startsWith('-')) return text
  }
}
