// The `odradek` command as a test runs it: with a terminal that remembers, against a node of its own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseBrokerConfig } from '@odradek/broker'
import { createNodeEnv } from '@odradek/env-node'
import { PlatformNode } from '@odradek/platform'
import { parseZooKeeperConfig } from '@odradek/zookeeper'
import { main } from '../src/main.ts'

export interface CommandResult {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Both servers on free ports in this process, and the command that knows where they are. */
export class OdradekUnderTest {
  readonly #node: PlatformNode
  readonly #folder: string

  private constructor(node: PlatformNode, folder: string) {
    this.#node = node
    this.#folder = folder
  }

  static async start(): Promise<OdradekUnderTest> {
    const folder = mkdtempSync(path.join(tmpdir(), 'odradek-cli-'))
    const env = createNodeEnv({ log: { level: 'error' } })
    const node = new PlatformNode(env, {
      zookeeper: parseZooKeeperConfig(`dataDir=${folder}/zookeeper\nclientPort=0\nclientPortAddress=127.0.0.1\n`),
      broker: (zookeeper) =>
        parseBrokerConfig({
          'broker.id': '1',
          listeners: 'PLAINTEXT://127.0.0.1:0',
          'log.dirs': `${folder}/kafka`,
          'zookeeper.connect': `127.0.0.1:${zookeeper?.port}`,
          'offsets.topic.num.partitions': '1',
          'offsets.topic.replication.factor': '1',
          'group.initial.rebalance.delay.ms': '0',
        }),
      onFatal: (error) => {
        throw error
      },
    })
    await node.start()
    return new OdradekUnderTest(node, folder)
  }

  get bootstrapServers(): string {
    const { host, port } = this.#node.brokerAddress ?? { host: '', port: 0 }
    return `${host}:${port}`
  }

  /** Where the broker keeps its logs. */
  get logDirectory(): string {
    return `${this.#folder}/kafka`
  }

  async stop(): Promise<void> {
    await this.#node.stop()
    rmSync(this.#folder, { recursive: true })
  }

  /** Runs the command with these arguments; `input` is what is piped into it, `answers` what somebody at the terminal types when asked. */
  async run(args: readonly string[], input = '', answers?: readonly string[]): Promise<CommandResult> {
    let output = Buffer.alloc(0)
    let errors = ''
    const left = [...(answers ?? [])]
    const ask = (question: string): Promise<string> => {
      errors += `${question}\n`
      const answer = left.shift()
      return answer === undefined ? Promise.reject(new Error('nobody is there to answer')) : Promise.resolve(answer)
    }
    const code = await main(args, {
      createEnv: (level) => Promise.resolve(createNodeEnv({ log: { level } })),
      environment: {
        ODRADEK_CONFIG: path.join(this.#folder, 'config.yaml'),
        ODRADEK_BOOTSTRAP_SERVERS: this.bootstrapServers,
      },
      profilesDirectory: path.resolve('config'),
      terminal: {
        input: (async function* () {
          yield Buffer.from(input)
        })(),
        inputIsTerminal: answers !== undefined,
        outputIsTerminal: false,
        errorIsTerminal: false,
        columns: 80,
        interrupted: new AbortController().signal,
        ask,
        askSecret: ask,
        write: (chunk) => {
          output = Buffer.concat([output, typeof chunk === 'string' ? Buffer.from(chunk) : chunk])
          return Promise.resolve()
        },
        writeError: (text) => {
          errors += text
        },
      },
    })
    return { code, output: output.toString('utf8'), errors }
  }

  /** The output of a command that is to succeed. */
  async output(args: readonly string[], input?: string): Promise<string> {
    const { code, output, errors } = await this.run(args, input)
    if (code !== 0) throw new Error(`odradek ${args.join(' ')} ended with ${code}: ${errors}`)
    return output
  }
}
