import type { Command } from 'commander'
import type { QuotaEntity, QuotaFilter } from '@odradek/client'
import { CliError } from '../../cli-error.ts'
import { collect } from '../../context/connection.ts'

/** Whom quotas are for, as options say it. */
export interface EntityOptions {
  readonly user?: string
  readonly clientId?: string
  readonly ip?: string
  readonly default: readonly string[]
}

const kinds: Readonly<Record<string, (options: EntityOptions) => string | undefined>> = {
  user: ({ user }) => user,
  'client-id': ({ clientId }) => clientId,
  ip: ({ ip }) => ip,
}

export function withEntityOptions(command: Command): Command {
  return command
    .option('--user <name>', 'of this user')
    .option('--client-id <id>', 'of this client.id')
    .option('--ip <address>', 'of this address')
    .option(
      '--default <kind>',
      'of all that have none of their own: user, client-id or ip, as often as wanted',
      collect,
      [],
    )
}

/** The entity, such as `{ user: 'ada', 'client-id': null }`, where null is the default of the kind; without parts when nothing is said. */
export function entityOf(options: EntityOptions): QuotaEntity {
  const unknown = options.default.find((kind) => !Object.hasOwn(kinds, kind))
  if (unknown !== undefined) {
    throw new CliError('INVALID_OPTION', `--default takes ${Object.keys(kinds).join(', ')}, not "${unknown}"`)
  }
  const parts = Object.entries(kinds).flatMap(([kind, nameOf]): [string, string | null][] => {
    const name = nameOf(options)
    if (name !== undefined && options.default.includes(kind)) {
      throw new CliError('INVALID_OPTION', `--${kind} ${name} and --default ${kind} exclude each other`)
    }
    return name !== undefined ? [[kind, name]] : options.default.includes(kind) ? [[kind, null]] : []
  })
  return Object.fromEntries(parts)
}

/** As `entityOf`, for what acts on one entity: it must have parts. */
export function oneEntityOf(options: EntityOptions): QuotaEntity {
  const entity = entityOf(options)
  if (Object.keys(entity).length > 0) return entity
  throw new CliError('INVALID_OPTION', 'say whose: --user, --client-id, --ip, or --default user')
}

/** What finds the entity, or all that have such parts. */
export function filtersOf(entity: QuotaEntity): QuotaFilter[] {
  return Object.entries(entity).map(([entityType, name]) => ({
    entityType,
    match: name === null ? 'default' : { name },
  }))
}

/** `user ada, client-id (default)` */
export function entityText(entity: QuotaEntity): string {
  return Object.entries(entity)
    .map(([kind, name]) => `${kind} ${name ?? '(default)'}`)
    .join(', ')
}
