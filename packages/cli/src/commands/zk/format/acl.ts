import { Permission } from '@odradek/zookeeper-client'
import type { Acl } from '@odradek/zookeeper-client'
import { UsageError } from '../usage-error.ts'

const letters = [
  ['c', Permission.create],
  ['d', Permission.delete],
  ['r', Permission.read],
  ['w', Permission.write],
  ['a', Permission.admin],
] as const

/** Permission bits as zkCli writes them: `cdrwa`. */
export function permissionsText(perms: number): string {
  return letters.map(([letter, bit]) => ((perms & bit) === 0 ? '' : letter)).join('')
}

/** The bits that `cdrwa`, or some of these letters, stand for. Throws `UsageError`. */
export function parsePermissions(text: string): number {
  let perms = 0
  for (const letter of text) {
    const bit = letters.find(([known]) => known === letter)?.[1]
    if (bit === undefined) throw new UsageError(`"${letter}" is no permission: they are c d r w a`)
    perms |= bit
  }
  return perms
}

export function aclText({ id, perms }: Acl): string {
  return `${id.scheme ?? ''}:${id.id ?? ''}:${permissionsText(perms)}`
}

export function aclJson({ id, perms }: Acl): { scheme: string; id: string; perms: string } {
  return { scheme: id.scheme ?? '', id: id.id ?? '', perms: permissionsText(perms) }
}

/** Reads `world:anyone:r,sasl:bob:cdrwa`. An id may hold colons and commas. Throws `UsageError`. */
export function parseAcl(text: string): Acl[] {
  return text.split(/,(?=[a-z0-9_]+:)/).map((entry) => {
    const [, scheme, id, perms] = /^([^:]+):(.*):([a-z]*)$/.exec(entry) ?? []
    if (scheme === undefined || id === undefined || perms === undefined) {
      throw new UsageError(`"${entry}" is not SCHEME:ID:PERMISSIONS, such as world:anyone:cdrwa`)
    }
    return { perms: parsePermissions(perms), id: { scheme, id } }
  })
}
