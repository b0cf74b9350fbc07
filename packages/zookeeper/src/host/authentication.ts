import type { Id } from '@odradek/zookeeper-protocol'

/** What an auth packet proves. */
export interface AuthenticationContext {
  readonly remoteAddress: string
  /** `super:` and a hash: who has that password may do everything. */
  readonly superDigest: string | undefined
}

/** The identity `user:hash` of a user and password `user:password`, as ACLs have it. Loads node:crypto, which a start does not wait for. */
export function digestOf(userAndPassword: string): string {
  const [user = ''] = userAndPassword.split(':')
  return `${user}:${process.getBuiltinModule('node:crypto').createHash('sha1').update(userAndPassword).digest('base64')}`
}

/** The identities that a client gets for what it sent, or undefined when it is refused. */
export function authenticate(
  scheme: string | null,
  auth: Buffer | null,
  context: AuthenticationContext,
): Id[] | undefined {
  switch (scheme) {
    case 'ip':
      return [{ scheme: 'ip', id: context.remoteAddress }]
    case 'digest': {
      const digest = digestOf(auth?.toString('utf8') ?? '')
      const own: Id = { scheme: 'digest', id: digest }
      return digest === context.superDigest ? [{ scheme: 'super', id: '' }, own] : [own]
    }
    default:
      return undefined
  }
}
