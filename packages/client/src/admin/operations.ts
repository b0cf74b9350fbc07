/** What access rules are about, by Kafka's names and numbers (AclOperation). */
export const aclOperations = {
  UNKNOWN: 0,
  ANY: 1,
  ALL: 2,
  READ: 3,
  WRITE: 4,
  CREATE: 5,
  DELETE: 6,
  ALTER: 7,
  DESCRIBE: 8,
  CLUSTER_ACTION: 9,
  DESCRIBE_CONFIGS: 10,
  ALTER_CONFIGS: 11,
  IDEMPOTENT_WRITE: 12,
  CREATE_TOKENS: 13,
  DESCRIBE_TOKENS: 14,
  TWO_PHASE_COMMIT: 15,
} as const

export type AclOperation = keyof typeof aclOperations

/** What a response says when it was not asked for authorized operations. */
const notAskedFor = -0x8000_0000

/** The operations of a bit field; undefined when it was not asked for, or the broker does not tell. */
export function authorizedOperations(bits: number): AclOperation[] | undefined {
  if (bits === notAskedFor) return undefined
  return (Object.keys(aclOperations) as AclOperation[]).filter((name) => (bits >>> aclOperations[name]) & 1)
}

/** The name of a number in a table of names; UNKNOWN for one that is newer than this table. */
export function nameOf<Name extends string>(table: Readonly<Record<Name, number>>, code: number): Name | 'UNKNOWN' {
  return (Object.keys(table) as Name[]).find((name) => table[name] === code) ?? 'UNKNOWN'
}
