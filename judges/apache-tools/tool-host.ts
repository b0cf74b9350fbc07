// Kafka's command line tools of one version, in one JVM: see ToolHost.java.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../lib/folders.ts'
import { javaClasses } from '../lib/java-classes.ts'
import type { JavaPackage } from '../lib/maven.ts'

export interface ToolOutput {
  /** The exit code, or `timeout`. */
  readonly code: string
  readonly stdout: string
  readonly stderr: string
}

const folder = path.join(root, 'judges', 'apache-tools')

export class ToolHost {
  readonly #child: ChildProcess
  readonly #waiting: { resolve: (output: ToolOutput) => void; reject: (error: Error) => void }[] = []
  #errors = ''
  #count = 0

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-2000)
    })
    child.stdin?.on('error', () => {})
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, code = '', stdout = '', stderr = ''] = line.split('\t')
        this.#waiting.shift()?.resolve({ code, stdout: decoded(stdout), stderr: decoded(stderr) })
      })
    }
    child.on('close', (code) => {
      for (const { reject } of this.#waiting)
        reject(new Error(`the JVM of the tools ended with ${code}:\n${this.#errors}`))
    })
  }

  static async start(javaPackage: JavaPackage): Promise<ToolHost> {
    const source = path.join(folder, 'ToolHost.java')
    const classes = await javaClasses(`tools-${javaPackage}`, javaPackage, [source])
    const logging = path.join(folder, 'log4j.properties')
    const options = [
      '-Xmx400m',
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      '--add-opens=java.base/java.lang=ALL-UNNAMED',
      `-Dlog4j.configuration=file:${logging}`,
    ]
    return new ToolHost(spawn('java', [...options, '-cp', classes, 'ToolHost'], { cwd: os.tmpdir() }))
  }

  /** Runs one tool to its end, or for `seconds`. One after the other. */
  run(mainClass: string, args: readonly string[], input: string, seconds: number): Promise<ToolOutput> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      const words = [input, mainClass, ...args].map((word) => Buffer.from(word).toString('base64'))
      this.#child.stdin?.write(`${[String(++this.#count), String(seconds), ...words].join('\t')}\n`)
    })
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}
