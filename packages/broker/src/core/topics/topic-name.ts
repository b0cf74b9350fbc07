const LENGTH_MAX = 249

/** The topics that the coordinators keep their records in. */
export const OFFSETS_TOPIC = '__consumer_offsets'
export const TRANSACTIONS_TOPIC = '__transaction_state'

export function isInternalTopic(name: string): boolean {
  return name === OFFSETS_TOPIC || name === TRANSACTIONS_TOPIC
}

/** Why nothing may be called so, or undefined. */
export function topicNameFault(name: string): string | undefined {
  if (name === '') return 'Topic name is invalid: the empty string is not allowed'
  if (name === '.' || name === '..') return `Topic name is invalid: '.' or '..' is not allowed`
  if (name.length > LENGTH_MAX) {
    return `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${LENGTH_MAX}`
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    return `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`
  }
  return undefined
}

/** Metrics write '.' as '_', so names that differ in these alone would be taken for one. */
export function collidingTopics(name: string, existing: Iterable<string>): string[] {
  if (!/[._]/.test(name)) return []
  const unified = (text: string): string => text.replaceAll('.', '_')
  return [...existing].filter((other) => unified(other) === unified(name))
}
