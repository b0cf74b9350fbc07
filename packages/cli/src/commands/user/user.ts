import type { Command } from 'commander'
import { CliError } from '../../cli-error.ts'
import type { CommandContext } from '../../command-context.ts'
import { confirm } from '../../confirm.ts'
import { printRows, withAdmin, withClusterOptions } from '../../context/connection.ts'
import type { ClusterOptions } from '../../context/connection.ts'
import { parseCount } from '../../options.ts'
import { credentialsOf, mechanisms, parseMechanism } from './credentials.ts'
import { readPassword } from './read-password.ts'

/** As in Kafka (ScramMechanism): what a hash takes at least, and what a broker is willing to do at most. */
const iterationsMin = 4096
const iterationsMax = 16_384

interface PasswordOptions extends ClusterOptions {
  readonly mechanism: string
  readonly iterations?: string
  readonly password?: string
}

/** `odradek user …`: users with SCRAM credentials. */
export function defineUser(command: Command, context: CommandContext): void {
  const add = (usage: string, description: string, output = true): Command =>
    withClusterOptions(command.command(usage).description(description), { output })
  add('list [user...]', 'users that have SCRAM credentials')
    .alias('ls')
    .action(async (users: string[], options: ClusterOptions) => {
      const found = await withAdmin(context, options, (admin) =>
        admin.describeUserScramCredentials(users.length === 0 ? null : users),
      )
      const rows = [...found]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .flatMap(([user, credentials]) =>
          credentials
            .map(({ mechanism, iterations }) => ({ user, mechanism, iterations }))
            .sort((left, right) => (left.mechanism < right.mechanism ? -1 : 1)),
        )
      await printRows(context, options, rows, ['user', 'mechanism', 'iterations'], 'No user has SCRAM credentials.')
    })
  withPasswordOptions(add('create <user>', 'give a user SCRAM credentials', false)).action(
    (user: string, options: PasswordOptions) => upsert(context, user, options, false),
  )
  withPasswordOptions(add('alter <user>', 'give a user another password', false)).action(
    (user: string, options: PasswordOptions) => upsert(context, user, options, true),
  )
  add('delete <user>', 'take away the SCRAM credentials of a user', false)
    .option('--mechanism <name>', `only those of ${mechanisms.join(' or ')}`)
    .option('-y, --yes', 'do not ask')
    .action(async (user: string, options: ClusterOptions & { mechanism?: string; yes?: true }) => {
      const only = options.mechanism === undefined ? undefined : parseMechanism(options.mechanism)
      const deleted = await withAdmin(context, options, async (admin) => {
        const found = mechanisms.filter((mechanism) => only === undefined || mechanism === only)
        const known = await credentialsOf(admin, user)
        const deletions = found
          .filter((mechanism) => known.some((credential) => credential.mechanism === mechanism))
          .map((mechanism) => ({ user, mechanism }))
        if (deletions.length === 0) {
          throw new CliError('INVALID_OPTION', `${user} has no ${only ?? 'SCRAM'} credentials: nothing was deleted`)
        }
        if (!options.yes) await confirm(context.terminal, `Delete the credentials of ${user}?`)
        // One request for each: Kafka 4 takes a user only once in one.
        for (const deletion of deletions) await admin.alterUserScramCredentials({ deletions: [deletion] })
        return deletions
      })
      for (const { mechanism } of deleted) await context.terminal.write(`${user} ${mechanism} deleted\n`)
    })
}

function withPasswordOptions(command: Command): Command {
  return command
    .option('--mechanism <name>', mechanisms.join(' or '), mechanisms[1])
    .option('--iterations <number>', `how often the password is hashed: ${iterationsMin} to ${iterationsMax}`)
    .option('--password <text>', 'not asked for, but seen by all who list processes')
    .addHelpText(
      'after',
      '\nThe password is asked for, or is the first line of the input when that is no terminal. It does not leave this machine.',
    )
}

async function upsert(context: CommandContext, user: string, options: PasswordOptions, exists: boolean): Promise<void> {
  const mechanism = parseMechanism(options.mechanism)
  const iterations = parseIterations(options.iterations)
  await withAdmin(context, options, async (admin) => {
    const known = await credentialsOf(admin, user)
    const found = known.find((credential) => credential.mechanism === mechanism)
    if (exists && found === undefined) {
      throw new CliError('INVALID_OPTION', `${user} has no ${mechanism} credentials: odradek user create makes some`)
    }
    if (!exists && found !== undefined) {
      throw new CliError('INVALID_OPTION', `${user} has ${mechanism} credentials: odradek user alter changes them`)
    }
    const password = await readPassword(context.terminal, user, options.password)
    const kept = iterations ?? found?.iterations
    await admin.alterUserScramCredentials({
      upsertions: [{ user, mechanism, password, ...(kept === undefined ? {} : { iterations: kept }) }],
    })
  })
  await context.terminal.write(`${user} ${mechanism} ${exists ? 'altered' : 'created'}\n`)
}

function parseIterations(text: string | undefined): number | undefined {
  const iterations = parseCount('--iterations', text)
  if (iterations === undefined || (iterations >= iterationsMin && iterations <= iterationsMax)) return iterations
  throw new CliError('INVALID_OPTION', `--iterations takes ${iterationsMin} to ${iterationsMax}, not ${iterations}`)
}
