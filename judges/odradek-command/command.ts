import path from 'node:path'
import { main } from '@odradek/cli'
import { createNodeEnv } from '@odradek/env-node'
import { root } from '../lib/folders.ts'

/** A cluster that the command is tried on. */
export interface Cluster {
  readonly name: 'odradek' | '3.9.1' | '4.3.1'
  readonly bootstrap: string
}

export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `odradek` against a cluster, in this process: a hundred starts of Node would be most of the judge's time. */
export async function odradek(cluster: Cluster, args: readonly string[], input = ''): Promise<CommandResult> {
  let stdout = ''
  let stderr = ''
  const nobody = (): Promise<string> => Promise.reject(new Error('nobody is there to answer'))
  const status = await main(args, {
    createEnv: (level) => Promise.resolve(createNodeEnv({ log: { level } })),
    environment: { ODRADEK_BOOTSTRAP_SERVERS: cluster.bootstrap, ODRADEK_CONFIG: path.join(root, 'no-such-file') },
    profilesDirectory: path.join(root, 'config'),
    terminal: {
      input: (async function* () {
        yield Buffer.from(input)
      })(),
      inputIsTerminal: false,
      outputIsTerminal: false,
      errorIsTerminal: false,
      columns: 80,
      interrupted: new AbortController().signal,
      ask: nobody,
      askSecret: nobody,
      write: (chunk) => {
        stdout += chunk.toString()
        return Promise.resolve()
      },
      writeError: (text) => {
        stderr += text
      },
    },
  })
  return { status, stdout, stderr }
}

/** The output of a command that is to succeed. */
export async function output(cluster: Cluster, args: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await odradek(cluster, args, input)
  if (status === 0) return stdout
  throw new Error(`odradek ${args.join(' ')} ended with ${status}:\n${stderr}${stdout}`)
}

/** The rows that a command prints with `-o json`. */
export async function rows(cluster: Cluster, args: readonly string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse(await output(cluster, [...args, '-o', 'json'])) as Record<string, unknown>[]
}
