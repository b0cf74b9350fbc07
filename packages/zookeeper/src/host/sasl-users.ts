import { DiskError, JaasError, OdradekError, parseJaasFile } from '@odradek/base'
import type { Disk } from '@odradek/base'
import type { ZooKeeperServerConfig } from '../config/zookeeper-server-config.ts'

const moduleName = 'org.apache.zookeeper.server.auth.DigestLoginModule'
const userPrefix = 'user_'

/** The users of SASL cannot be read; the message names the file. */
export class SaslUsersError extends OdradekError<'UNUSABLE'> {}

/** Passwords by user, from the JAAS file that the configuration names; undefined: it names none. Throws `SaslUsersError`. */
export function readSaslUsers(disk: Disk, config: ZooKeeperServerConfig): ReadonlyMap<string, string> | undefined {
  const { jaasFile, jaasSection, saslSuperPassword } = config
  if (jaasFile === undefined) return undefined
  const unusable = (why: string, cause?: unknown): SaslUsersError =>
    new SaslUsersError('UNUSABLE', `the JAAS file ${jaasFile} (java.security.auth.login.config) ${why}`, { cause })
  let entries: ReturnType<ReturnType<typeof parseJaasFile>['get']>
  try {
    entries = parseJaasFile(disk.readFileSync(jaasFile).toString('utf8')).get(jaasSection)
  } catch (error) {
    if (error instanceof JaasError || error instanceof DiskError)
      throw unusable(`cannot be read: ${error.message}`, error)
    throw error
  }
  if (entries === undefined) throw unusable(`has no section ${jaasSection}`)
  const users = new Map<string, string>()
  for (const { module, options } of entries) {
    if (module !== moduleName) throw unusable(`names ${module}; only ${moduleName} is there`)
    for (const [name, password] of options) {
      if (name.startsWith(userPrefix)) users.set(name.slice(userPrefix.length), password)
    }
  }
  if (saslSuperPassword !== undefined) users.set('super', saslSuperPassword)
  return users
}
