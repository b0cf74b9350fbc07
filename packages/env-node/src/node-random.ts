import { assert } from '@odradek/base'
import type { Random } from '@odradek/base'
import type * as Crypto from 'node:crypto'

const poolSizeBytes = 4096

/**
 * The system's secure generator. Numbers are drawn from a pool, so one costs no system call; `fork` returns the same
 * generator, since nothing can be told from what others drew.
 */
export class NodeRandom implements Random {
  /** Loaded on first use: a program that draws nothing does not pay for it. */
  #crypto: typeof Crypto | undefined
  readonly #pool = new Uint32Array(poolSizeBytes / 4)
  #used = this.#pool.length

  #load(): typeof Crypto {
    return (this.#crypto ??= process.getBuiltinModule('node:crypto'))
  }

  #uint32(): number {
    if (this.#used === this.#pool.length) {
      this.#load().randomFillSync(this.#pool)
      this.#used = 0
    }
    return this.#pool[this.#used++] as number
  }

  float(): number {
    return (this.#uint32() * 0x20_0000 + (this.#uint32() >>> 11)) / 2 ** 53
  }

  integer(exclusiveMax: number): number {
    assert(exclusiveMax > 0 && exclusiveMax <= 2 ** 32, `a whole number in [0, ${exclusiveMax}) was asked for`)
    const fair = 2 ** 32 - (2 ** 32 % exclusiveMax)
    for (;;) {
      const value = this.#uint32()
      if (value < fair) return value % exclusiveMax
    }
  }

  bytes(length: number): Buffer {
    return this.#load().randomBytes(length)
  }

  fork(): Random {
    return this
  }
}
