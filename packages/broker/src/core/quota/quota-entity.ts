/** Stands for everyone who has no quota of the same kind. */
export const DEFAULT_NAME = null

export const quotaEntityTypes = ['user', 'client-id', 'ip'] as const
export type QuotaEntityType = (typeof quotaEntityTypes)[number]

/** Whom a quota is for: a user, a client id, a client id of a user, or an address; null is the default of its type. */
export type QuotaEntity = ReadonlyMap<QuotaEntityType, string | null>

export function isQuotaEntityType(text: string): text is QuotaEntityType {
  return (quotaEntityTypes as readonly string[]).includes(text)
}

/** A name as it stands in a znode's path: what could be taken for something else in percent signs, as Kafka writes it. */
function sanitized(name: string | null): string {
  if (name === null) return '<default>'
  return encodeURIComponent(name).replace(
    /[!'()~*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function nameOf(text: string): string | null {
  return text === '<default>' ? null : decodeURIComponent(text)
}

/** The path below /config. */
export function quotaEntityPath(entity: QuotaEntity): string {
  const [user, clientId, ip] = quotaEntityTypes.map((type) => entity.get(type))
  if (ip !== undefined) return `ips/${sanitized(ip)}`
  if (user === undefined) return `clients/${sanitized(clientId ?? null)}`
  return clientId === undefined ? `users/${sanitized(user)}` : `users/${sanitized(user)}/clients/${sanitized(clientId)}`
}

/** Whom a path below /config is about, or undefined when it is not about quotas. */
export function quotaEntityOf(path: string): QuotaEntity | undefined {
  const [type, name, below, clientId, ...more] = path.split('/')
  if (name === undefined || name === '' || more.length > 0) return undefined
  try {
    if (type === 'users' && below === 'clients' && clientId !== undefined) {
      return new Map([
        ['user', nameOf(name)],
        ['client-id', nameOf(clientId)],
      ])
    }
    if (below !== undefined) return undefined
    if (type === 'users') return new Map([['user', nameOf(name)]])
    if (type === 'clients') return new Map([['client-id', nameOf(name)]])
    return type === 'ips' ? new Map([['ip', nameOf(name)]]) : undefined
  } catch {
    // Percent signs that nothing follows.
    return undefined
  }
}
