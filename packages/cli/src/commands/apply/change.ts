import type { Admin } from '@odradek/client'

/** One value of a thing that changes; `null` where there is none before, or none afterwards. */
export interface ChangedValue {
  readonly key: string
  readonly from: string | number | null
  readonly to: string | number | null
  /** Not to be printed. */
  readonly isSecret?: true
}

/** One thing that is not as the file says. */
export interface Change {
  readonly action: 'create' | 'alter' | 'delete'
  /** `topic`, `config`, `quota`, `acl`, `user`. */
  readonly kind: string
  readonly name: string
  readonly values: readonly ChangedValue[]
  /** Has the cluster check it without doing it, where it can. */
  readonly check?: (admin: Admin) => Promise<unknown>
  readonly make: (admin: Admin) => Promise<unknown>
}

/** A change of a thing with values: none when nothing differs. */
export function changeOf(change: Change): Change[] {
  return change.action === 'alter' && change.values.length === 0 ? [] : [change]
}
