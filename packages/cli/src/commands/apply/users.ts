import type { Admin } from '@odradek/client'
import { credentialsOf, parseMechanism } from '../user/credentials.ts'
import { changeOf } from './change.ts'
import type { Change, ChangedValue } from './change.ts'
import type { Part } from './document.ts'

/** Which users are to get SCRAM credentials, and which to lose them. A password cannot be compared: it is set with the credentials, or with `setPasswords`. */
export async function planUsers(admin: Admin, part: Part, setPasswords: boolean): Promise<Change[]> {
  const changes: Change[] = []
  for (const [user, item] of part.entries()) {
    const fields = item.fields(['mechanism', 'password', 'iterations', 'absent'])
    const known = await credentialsOf(admin, user)
    if (fields.absent?.flag()) {
      if (known.length === 0) continue
      const deletions = known.flatMap(({ mechanism }) => (mechanism === 'UNKNOWN' ? [] : [{ user, mechanism }]))
      const values = deletions.map(({ mechanism }) => ({ key: mechanism, from: 'password', to: null }))
      const make = async (asked: Admin): Promise<void> => {
        for (const deletion of deletions) await asked.alterUserScramCredentials({ deletions: [deletion] })
      }
      changes.push({ action: 'delete', kind: 'user', name: user, values, make })
      continue
    }
    const mechanism = parseMechanism(fields.mechanism?.text() ?? 'SCRAM-SHA-512')
    const found = known.find((credential) => credential.mechanism === mechanism)
    const iterations = fields.iterations?.count()
    if (fields.password === undefined)
      throw item.wrong('it has no password; ${env:NAME} takes it from an environment variable')
    const password = fields.password.text()
    if (password === '') throw fields.password.wrong('the password is empty')
    const values: ChangedValue[] = [
      ...(found === undefined || setPasswords
        ? [{ key: mechanism, from: found === undefined ? null : 'password', to: 'password' }]
        : []),
      ...(iterations !== undefined && iterations !== found?.iterations
        ? [{ key: 'iterations', from: found?.iterations ?? null, to: iterations }]
        : []),
    ]
    const upsertion = { user, mechanism, password, ...(iterations === undefined ? {} : { iterations }) }
    changes.push(
      ...changeOf({
        action: known.length === 0 ? 'create' : 'alter',
        kind: 'user',
        name: user,
        values,
        make: (asked) => asked.alterUserScramCredentials({ upsertions: [upsertion] }),
      }),
    )
  }
  return changes
}
