import { Permission } from '@odradek/zookeeper-protocol'
import type { Acl } from '@odradek/zookeeper-protocol'

/** world:anyone with all permissions. */
export const openAcl: readonly Acl[] = [{ perms: Permission.all, id: { scheme: 'world', id: 'anyone' } }]
export const readOnlyAcl: readonly Acl[] = [{ perms: Permission.read, id: { scheme: 'world', id: 'anyone' } }]

/** Stands for an ACL that is lost: nobody but the super user gets in. */
const closedAcl: readonly Acl[] = [{ perms: 0, id: { scheme: 'world', id: 'anyone' } }]

/** The key of `openAcl` where none was ever given. */
export const openAclKey = -1

/** Most nodes have this one. */
export function isOpenAcl(acl: readonly Acl[]): boolean {
  const [first] = acl
  return (
    acl === openAcl ||
    (acl.length === 1 && first?.perms === Permission.all && first.id.scheme === 'world' && first.id.id === 'anyone')
  )
}

const textOfOpenAcl = 'open'

function textOf(acl: readonly Acl[]): string {
  if (isOpenAcl(acl)) return textOfOpenAcl
  return JSON.stringify(acl.map(({ perms, id }) => [perms, id.scheme, id.id]))
}

interface Entry {
  readonly acl: readonly Acl[]
  readonly text: string
  usages: number
}

/** Every ACL once, by a number that nodes keep, in memory as in snapshots. */
export class AclCache {
  readonly #byKey = new Map<number, Entry>()
  readonly #keys = new Map<string, number>()
  #lastKey = 0

  get size(): number {
    return this.#byKey.size
  }

  /** The key for an ACL, with one usage more. */
  use(acl: readonly Acl[] | null): number {
    if (acl === null) return openAclKey
    const text = textOf(acl)
    const known = this.#keys.get(text)
    const key = known ?? ++this.#lastKey
    if (known === undefined) {
      this.#keys.set(text, key)
      this.#byKey.set(key, { acl, text, usages: 0 })
    }
    this.useKey(key)
    return key
  }

  /** Counts a node that a snapshot gave this key. A key that is not known is one whose ACL the log will bring. */
  useKey(key: number): void {
    const entry = this.#byKey.get(key)
    if (entry !== undefined) entry.usages++
  }

  release(key: number): void {
    const entry = this.#byKey.get(key)
    if (entry === undefined || --entry.usages > 0) return
    this.#byKey.delete(key)
    this.#keys.delete(entry.text)
  }

  get(key: number): readonly Acl[] {
    return key === openAclKey ? openAcl : (this.#byKey.get(key)?.acl ?? closedAcl)
  }

  entries(): [key: number, acl: readonly Acl[]][] {
    return [...this.#byKey].map(([key, { acl }]) => [key, acl])
  }

  /** Puts in an entry of a snapshot. */
  load(key: number, acl: readonly Acl[]): void {
    const text = textOf(acl)
    this.#lastKey = Math.max(this.#lastKey, key)
    this.#byKey.set(key, { acl, text, usages: 0 })
    this.#keys.set(text, key)
  }

  /** Drops what no node of the snapshot used. */
  dropUnused(): void {
    for (const [key, { usages, text }] of this.#byKey) {
      if (usages > 0) continue
      this.#byKey.delete(key)
      this.#keys.delete(text)
    }
  }
}
