// Requests that were valid before some of their bytes were changed: what every decoder and every handler meets when a client goes mad.
import { ByteReader, ByteWriter, DecodeError } from '@odradek/base'
import { EncodeError, requestHeader, requestHeaderVersion } from '@odradek/kafka-protocol'
import type { Names, Value } from '../responses-beside-apache/cases.ts'
import { allCases } from '../responses-beside-apache/cases.ts'
import type { Api } from '../responses-beside-apache/side.ts'
import { apiOf } from '../responses-beside-apache/side.ts'

/** A request as bytes, without its length. */
interface Seed {
  readonly api: Api
  readonly version: number
  readonly headerSizeBytes: number
  readonly bytes: Buffer
}

const names: Names = { topicId: () => 'AAAAAAAAAAAAAAAAAAAAAQ', logDir: '/', serial: 1 }
/** Requests that only a controller sends: one that is right makes its sender the controller. */
const ofControllers: ReadonlySet<number> = new Set([4, 5, 6, 7, 56])
/** Creating so many partitions is slow, and right. */
const partitionsMax = 100
const interestingNumbers = [0, 1, -1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, -0x8000_0000, 0xffff_fffe]

export class MutatedRequests {
  readonly #seeds: readonly Seed[]
  #state: number

  private constructor(seeds: readonly Seed[], seed: number) {
    this.#seeds = seeds
    this.#state = seed >>> 0
  }

  /** Starts from the requests that are compared with Apache's, in all versions. The same seed makes the same frames. */
  static async from(seed: number): Promise<MutatedRequests> {
    const seeds: Seed[] = []
    for (const { apiKey, value } of allCases) {
      const api = await apiOf(apiKey)
      if (api === undefined) continue
      for (let version = api.request.minVersion; version <= api.request.maxVersion; version++) {
        const encoded = encode(api, version, value(names))
        if (encoded !== undefined) seeds.push(encoded)
      }
    }
    return new MutatedRequests(seeds, seed)
  }

  get seedCount(): number {
    return this.#seeds.length
  }

  /** The next frame, with its length in front. */
  next(): Buffer {
    for (;;) {
      const seed = this.#pick(this.#seeds)
      const body = this.#mutated(seed)
      if (isTooPowerful(seed, body)) continue
      const length = Buffer.alloc(4)
      length.writeInt32BE(body.length)
      return Buffer.concat([length, body])
    }
  }

  #mutated({ bytes, headerSizeBytes }: Seed): Buffer {
    let body: Buffer = Buffer.from(bytes)
    for (let changes = 1 + this.#random(3); changes > 0; changes--) {
      // The header stays readable most of the time, so that the body is looked at.
      const from = this.#random(20) === 0 ? 0 : Math.min(headerSizeBytes, body.length)
      const at = from + this.#random(Math.max(1, body.length - from))
      const kind = this.#random(6)
      if (kind === 0 && at < body.length) body[at] = (body[at] ?? 0) ^ (1 << this.#random(8))
      else if (kind === 1 && at < body.length) body[at] = this.#random(256)
      else if (kind === 2 && at + 4 <= body.length) body.writeInt32BE(this.#pick(interestingNumbers) | 0, at)
      else if (kind === 3) body = body.subarray(0, at)
      else if (kind === 4) body = Buffer.concat([body.subarray(0, at), this.#bytes(), body.subarray(at)])
      else {
        const other = this.#pick(this.#seeds).bytes
        body = Buffer.concat([body.subarray(0, at), other.subarray(Math.min(at, other.length))])
      }
    }
    return body
  }

  #bytes(): Buffer {
    return Buffer.from(Array.from({ length: 1 + this.#random(12) }, () => this.#random(256)))
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#random(list.length)] as T
  }

  #random(exclusiveMax: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * exclusiveMax)
  }
}

function encode(api: Api, version: number, value: Value): Seed | undefined {
  const writer = new ByteWriter()
  const requestApiKey = api.request.apiKey ?? -1
  const header = { requestApiKey, requestApiVersion: version, correlationId: 7, clientId: 'mad' }
  try {
    requestHeader.encode(writer, header, requestHeaderVersion(requestApiKey, version))
    const headerSizeBytes = writer.sizeBytes
    api.request.encode(writer, value, version)
    return { api, version, headerSizeBytes, bytes: Buffer.concat(writer.finish()) }
  } catch (error) {
    // This version cannot say it.
    if (error instanceof EncodeError) return undefined
    throw error
  }
}

/** Whether a broker that does what it is told would be right to do harm. */
function isTooPowerful({ api, version, headerSizeBytes }: Seed, body: Buffer): boolean {
  const apiKey = body.length < 4 ? -1 : body.readInt16BE(0)
  if (apiKey !== api.request.apiKey || body.readInt16BE(2) !== version) return ofControllers.has(apiKey)
  try {
    const value = api.request.decode(new ByteReader(body.subarray(headerSizeBytes)), version)
    if (ofControllers.has(apiKey)) return true
    const topics = (value['topics'] ?? []) as readonly { readonly numPartitions?: number; readonly count?: number }[]
    return (
      (apiKey === 19 || apiKey === 37) &&
      topics.some(({ numPartitions = 0, count = 0 }) => Math.max(numPartitions, count) > partitionsMax)
    )
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}
