import { existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Daemon } from '../lib/daemon.ts'
import { temporaryFolder } from '../lib/folders.ts'
import { freePorts } from '../lib/free-ports.ts'
import { startOdradekBroker, startOdradekZooKeeper } from '../lib/odradek.ts'
import { mustRun, runCommand } from '../lib/run-command.ts'

export const smallBytes = 32 * 1024 * 1024

/** A broker with two log directories, the second on a small file system of its own where this user may mount one. */
export class World {
  readonly folder = temporaryFolder('faults')
  readonly first = path.join(this.folder, 'first')
  readonly second = path.join(this.folder, 'small', 'second')
  #isMounted = false
  #daemon: Daemon | undefined
  #zookeeper: { readonly daemon: Daemon; readonly address: string } | undefined
  bootstrap = ''

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('not started')
    return this.#daemon
  }

  /** False where it is not allowed. */
  async mountSmall(): Promise<boolean> {
    const mountPoint = path.dirname(this.second)
    mkdirSync(mountPoint, { recursive: true })
    const { status } = await runCommand('mount', ['-t', 'tmpfs', '-o', `size=${smallBytes}`, 'tmpfs', mountPoint])
    this.#isMounted = status === 0
    return this.#isMounted
  }

  async start(logDirs: readonly string[], wrapper: readonly string[] = []): Promise<void> {
    const [port = 0, zookeeperPort = 0] = await freePorts(2)
    this.#zookeeper ??= {
      daemon: await startOdradekZooKeeper(path.join(this.folder, 'zookeeper'), zookeeperPort),
      address: `127.0.0.1:${zookeeperPort}`,
    }
    if (this.bootstrap === '') this.bootstrap = `127.0.0.1:${port}`
    this.#daemon = await startOdradekBroker({
      folder: path.join(this.folder, 'broker'),
      port: Number(this.bootstrap.split(':')[1]),
      zookeeper: this.#zookeeper.address,
      logDir: logDirs.join(','),
      wrapper,
      properties: { 'replica.high.watermark.checkpoint.interval.ms': '500', 'log.segment.bytes': '1048576' },
    })
  }

  /** Whether the first directory has the topic's partition. */
  holds(topic: string): boolean {
    return existsSync(path.join(this.first, `${topic}-0`))
  }

  /** Which of the topics has its partition in `directory`. */
  topicIn(directory: string, topics: readonly string[]): string {
    const topic = topics.find((name) => existsSync(path.join(directory, `${name}-0`)))
    if (topic === undefined) throw new Error(`no topic has its log in ${directory}`)
    return topic
  }

  /** Stops all and takes the files away; `unmount` is called between, for what else is mounted. */
  async end(unmount?: () => void | Promise<void>): Promise<void> {
    await this.#daemon?.stop()
    await this.#zookeeper?.daemon.stop()
    await unmount?.()
    if (this.#isMounted) await mustRun('umount', [path.dirname(this.second)])
    rmSync(this.folder, { recursive: true, force: true })
  }
}
