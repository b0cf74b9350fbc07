// The same requests to our broker and to Apache Kafka 3.9.1's: every API that both answer, in every version that both know, good and bad.
// What differs in an answer, and is not in `known-differences.ts`, fails. RESPONSES=name chooses APIs by name.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import { EncodeError } from '@odradek/kafka-protocol'
import { temporaryFolder } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { startTarget } from '../lib/target.ts'
import type { Case } from './cases.ts'
import { allCases } from './cases.ts'
import { differences, normalised } from './compare.ts'
import { reasonOf } from './known-differences.ts'
import { mutations } from './mutations.ts'
import type { Api, Reaction } from './side.ts'
import { apiOf, completed, Side } from './side.ts'

/** A topic is there when a request has made it, and not otherwise. */
const properties = { 'auto.create.topics.enable': 'false' }
/** How many differences of one API are shown. */
const shownMax = 12

export async function judge({ report, target: kind }: JudgeContext): Promise<void> {
  const env = createNodeEnv({ log: { level: 'error' } })
  const targets = await Promise.all([startTarget(kind, properties), startTarget('apache', properties)])
  const sides = await Promise.all(targets.map((target) => Side.open(env, target)))
  const [ours, apaches] = sides as [Side, Side]
  const comparison = new Comparison(ours, apaches)
  const all: string[] = []
  const only = process.env['RESPONSES'] ?? ''
  try {
    for (const [apiKey, cases] of Map.groupBy(allCases, (each) => each.apiKey)) {
      const api = await apiOf(apiKey)
      if (api === undefined || !api.name.includes(only)) continue
      await comparison.run(api, cases)
      const { requestCount, unexplained } = comparison.taken()
      all.push(...unexplained)
      await report.check(`${api.name}: ${requestCount} requests are answered as Apache's answers them`, () =>
        assert.ok(
          unexplained.length === 0,
          `${unexplained.length} differences, such as\n${unexplained.slice(0, shownMax).join('\n')}`,
        ),
      )
    }
    for (const [reason, count] of comparison.explained) report.note(`${count} fields differ as documented: ${reason}`)
    if (all.length > 0) {
      const file = path.join(temporaryFolder('responses'), 'differences.txt')
      writeFileSync(file, all.join('\n'))
      report.note(`all differences are in ${file}`)
    }
  } finally {
    for (const side of sides) side.close()
    for (const target of targets) {
      await target.stop()
      target.remove()
    }
  }
}

class Comparison {
  readonly #ours: Side
  readonly #apaches: Side
  readonly explained = new Map<string, number>()
  #unexplained: string[] = []
  #requestCount = 0
  #serial = 0

  constructor(ours: Side, apaches: Side) {
    this.#ours = ours
    this.#apaches = apaches
  }

  taken(): { requestCount: number; unexplained: string[] } {
    const result = { requestCount: this.#requestCount, unexplained: this.#unexplained }
    this.#requestCount = 0
    this.#unexplained = []
    return result
  }

  /** Each case in all versions that both know, then each of its variations in the newest of them. */
  async run(api: Api, cases: readonly Case[]): Promise<void> {
    const apiKey = api.request.apiKey ?? -1
    const ranges = [this.#ours.versionsOf(apiKey), this.#apaches.versionsOf(apiKey)]
    const from = Math.max(api.request.minVersion, ...ranges.map(([low]) => low))
    const to = Math.min(api.request.maxVersion, ...ranges.map(([, high]) => high))
    for (const each of cases) {
      for (let version = from; version <= to; version++) await this.#compare(api, version, each.title, each.value)
    }
    for (const each of cases.filter(({ isFinal }) => isFinal !== true)) {
      for (const version of to > from ? [to, from] : [to]) await this.#vary(api, version, each)
    }
  }

  async #vary(api: Api, version: number, { title, value }: Case): Promise<void> {
    const wheres: string[] = []
    try {
      const whole = completed(api, version, value(this.#ours.names(0)))
      wheres.push(...[...mutations(api.request.fields, whole)].map(({ where }) => where))
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
    }
    for (const where of wheres) {
      await this.#compare(api, version, `${title}, ${where}`, (names) => {
        const whole = completed(api, version, value(names))
        for (const mutation of mutations(api.request.fields, whole)) if (mutation.where === where) return mutation.value
        return whole
      })
    }
  }

  async #compare(api: Api, version: number, title: string, value: Case['value']): Promise<void> {
    const serial = ++this.#serial
    let reactions: [Reaction, Reaction]
    try {
      const ask = (side: Side): Promise<Reaction> => side.ask(api, version, value(side.names(serial)))
      reactions = await Promise.all([ask(this.#ours), ask(this.#apaches)])
    } catch (error) {
      // This version cannot say it.
      if (error instanceof EncodeError) return
      throw error
    }
    this.#requestCount += 1
    const [ours, apaches] = [normalised(reactions[0], this.#ours), normalised(reactions[1], this.#apaches)]
    for (const difference of differences(ours, apaches)) {
      const reason = reasonOf(api.name, title, difference)
      if (reason !== undefined) this.explained.set(reason, (this.explained.get(reason) ?? 0) + 1)
      else {
        const { path: field, ours: own, apaches: other } = difference
        this.#unexplained.push(`${api.name} ${version}, ${title}: ${field} is ${cut(own)}, Apache's ${cut(other)}`)
      }
    }
  }
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}
