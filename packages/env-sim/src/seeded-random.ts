import { assert } from '@odradek/base'
import type { Random } from '@odradek/base'

/**
 * A node in the tree of generators that grows from one seed: xoshiro128** (Blackman, Vigna: "Scrambled linear pseudorandom
 * number generators"), whose state comes from the path of fork names. What one generator draws never shifts another.
 */
export class SeededRandom implements Random {
  readonly #path: string
  readonly #forks = new Map<string, number>()
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(path: string) {
    this.#path = path
    const draw = splitMix32(hash32(path))
    this.#a = draw()
    this.#b = draw()
    this.#c = draw() | 1
    this.#d = draw()
  }

  uint32(): number {
    const multiplied = Math.imul(this.#b, 5)
    const result = Math.imul((multiplied << 7) | (multiplied >>> 25), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = (this.#d << 11) | (this.#d >>> 21)
    return result
  }

  float(): number {
    return (this.uint32() * 0x20_0000 + (this.uint32() >>> 11)) / 2 ** 53
  }

  integer(exclusiveMax: number): number {
    assert(exclusiveMax > 0 && exclusiveMax <= 2 ** 32, `a whole number in [0, ${exclusiveMax}) was asked for`)
    const fair = 2 ** 32 - (2 ** 32 % exclusiveMax)
    for (;;) {
      const value = this.uint32()
      if (value < fair) return value % exclusiveMax
    }
  }

  bytes(length: number): Buffer {
    const words = new Uint32Array(Math.ceil(length / 4))
    for (let index = 0; index < words.length; index++) words[index] = this.uint32()
    return Buffer.from(words.buffer, 0, length)
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.float() < probability
  }

  /** A float in [min, max). */
  between(min: number, max: number): number {
    return min + (max - min) * this.float()
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)] as T
  }

  fork(name: string): SeededRandom {
    const count = this.#forks.get(name) ?? 0
    this.#forks.set(name, count + 1)
    return new SeededRandom(`${this.#path}/${name}#${count}`)
  }
}

/** FNV-1a. */
function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}

function splitMix32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return mixed ^ (mixed >>> 15)
  }
}
