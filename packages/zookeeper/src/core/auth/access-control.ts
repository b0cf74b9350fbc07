import { ZooKeeperError } from '@odradek/zookeeper-protocol'
import type { Acl, Id } from '@odradek/zookeeper-protocol'
import { isOpenAcl, openAcl } from '../tree/acl-cache.ts'
import { addressBlockHolds, parseAddressBlock } from './ip-address.ts'

/** What the server knows of one authentication scheme when it looks at ACLs. */
export interface AclScheme {
  /** May an ACL have this id? */
  isValid(id: string): boolean
  /** Is the id that a connection has (`held`) one that the ACL's id means? */
  matches(held: string, wanted: string): boolean
  /** Does having such an id mean that somebody proved something? Only those are meant by the scheme `auth`. */
  readonly provesIdentity: boolean
}

const equalIds = (held: string, wanted: string): boolean => held === wanted

/** The schemes that are always there. */
const usualSchemes: readonly [name: string, scheme: AclScheme][] = [
  [
    'ip',
    {
      isValid: (id) => parseAddressBlock(id) !== undefined,
      matches(held, wanted) {
        const block = parseAddressBlock(wanted)
        return block !== undefined && addressBlockHolds(block, held)
      },
      provesIdentity: false,
    },
  ],
  ['digest', { isValid: (id) => id.split(':').length === 2, matches: equalIds, provesIdentity: true }],
]

/** `principal`, `principal/host`, `principal@REALM`: an id without `@` is any text. */
function isSaslId(id: string): boolean {
  return !id.includes('@') || /^[^/@]+(\/[^/@]+)?@[^/@]+$/.test(id)
}

/** `CN=bob,O=here`, roughly: what is none matches nobody. */
function isSubjectName(id: string): boolean {
  return /^\s*[A-Za-z\d.]+\s*=[^]*$/.test(id)
}

export interface AccessControlOptions {
  /** Allows everything to everyone. */
  readonly skipAcl?: boolean
  /** Schemes that are there because the configuration asks for them. */
  readonly authSchemes?: ReadonlySet<string>
}

/** Who may do what with a node. */
export class AccessControl {
  readonly #skipAcl: boolean
  readonly #schemes = new Map<string, AclScheme>(usualSchemes)

  constructor(options: AccessControlOptions = {}) {
    this.#skipAcl = options.skipAcl ?? false
    if (options.authSchemes?.has('x509')) {
      this.#schemes.set('x509', { isValid: isSubjectName, matches: equalIds, provesIdentity: true })
    }
    if (options.authSchemes?.has('sasl')) {
      this.#schemes.set('sasl', { isValid: isSaslId, matches: equalIds, provesIdentity: true })
    }
  }

  /** True when one of the bits in `permissions` is allowed to somebody with the identities `held`. */
  isAllowed(acl: readonly Acl[], permissions: number, held: readonly Id[]): boolean {
    if (this.#skipAcl || acl.length === 0 || held.some(({ scheme }) => scheme === 'super')) return true
    return acl.some(({ perms, id }) => {
      if ((perms & permissions) === 0) return false
      if (id.scheme === 'world' && id.id === 'anyone') return true
      const scheme = this.#schemes.get(id.scheme ?? '')
      if (scheme === undefined) return false
      return held.some((own) => own.scheme === id.scheme && scheme.matches(own.id ?? '', id.id ?? ''))
    })
  }

  /** Throws NO_AUTH unless `isAllowed`. */
  check(acl: readonly Acl[], permissions: number, held: readonly Id[]): void {
    if (!this.isAllowed(acl, permissions, held)) throw new ZooKeeperError('NO_AUTH')
  }

  /**
   * The ACL that is kept for one that a client gave: without duplicates, and with the scheme `auth` replaced by what the caller
   * has proved to be. Throws INVALID_ACL.
   */
  resolve(acl: readonly Acl[] | null, held: readonly Id[]): readonly Acl[] {
    if (acl !== null && isOpenAcl(acl)) return openAcl
    const resolved = new Map<string, Acl>()
    const add = (perms: number, { scheme, id }: Id): void => {
      resolved.set(JSON.stringify([perms, scheme, id]), { perms, id: { scheme, id } })
    }
    for (const { perms, id } of acl ?? []) {
      if (id.scheme === 'world' && id.id === 'anyone') {
        add(perms, id)
      } else if (id.scheme === 'auth') {
        const proved = held.filter((own) => this.#schemes.get(own.scheme ?? '')?.provesIdentity)
        if (proved.length === 0)
          throw new ZooKeeperError('INVALID_ACL', 'the ACL scheme auth needs an authenticated connection')
        for (const own of proved) add(perms, own)
      } else if (this.#schemes.get(id.scheme ?? '')?.isValid(id.id ?? '')) {
        add(perms, id)
      } else {
        throw new ZooKeeperError('INVALID_ACL', `the ACL entry ${id.scheme}:${id.id} is not valid`)
      }
    }
    if (resolved.size === 0) throw new ZooKeeperError('INVALID_ACL', 'an ACL needs an entry')
    return [...resolved.values()]
  }
}
