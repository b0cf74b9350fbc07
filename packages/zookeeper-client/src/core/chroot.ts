import { ZooKeeperError } from '@odradek/zookeeper-protocol'

/** Maps the client's paths to the server's and back. */
export class Chroot {
  readonly #prefix: string

  /** `prefix` is empty or `/a/b`. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** The path as the server knows it. Throws BAD_ARGUMENTS for one that does not begin with `/`. */
  toServer(path: string): string {
    if (!path.startsWith('/')) {
      throw new ZooKeeperError('BAD_ARGUMENTS', `the path "${path}" does not begin with "/"`)
    }
    if (this.#prefix === '') return path
    return path === '/' ? this.#prefix : this.#prefix + path
  }

  /** The path as the client knows it. A path outside of the chroot, which no server should send, stays as it is. */
  toClient(path: string): string {
    const prefix = this.#prefix
    if (prefix === '' || !path.startsWith(prefix)) return path
    if (path.length === prefix.length) return '/'
    return path[prefix.length] === '/' ? path.slice(prefix.length) : path
  }
}
