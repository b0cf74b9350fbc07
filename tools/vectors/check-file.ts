import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { isJsonObject, parseJson } from './json.ts'
import type { Json } from './json.ts'
import { checkJuteVector } from './jute-vector.ts'
import { checkMessageVector } from './message-vector.ts'
import { checkRecordBatchVector } from './record-batch-vector.ts'

export interface VectorTotals {
  passed: number
  failed: number
  skipped: number
}

/** What came of one line; a failure says at which field, and what was expected. */
export type VectorResult = 'passed' | 'skipped' | { readonly failure: string }

/** Checks every line of a file, adds to the totals and reports each failure by the name of its line. */
export async function checkFile(file: string, totals: VectorTotals, report: (failure: string) => void): Promise<void> {
  const fail = (failure: string): void => {
    totals.failed++
    report(`${file}: ${failure}`)
  }
  let lines: string[]
  try {
    lines = readLines(file)
  } catch (error) {
    fail(`cannot be read: ${String(error)}`)
    return
  }
  if (lines.every((line) => line === '')) fail('holds no vectors')
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const result = await checkLine(line)
    if (result === 'passed') totals.passed++
    else if (result === 'skipped') totals.skipped++
    else fail(`line ${index + 1}: ${result.failure}`)
  }
}

function readLines(file: string): string[] {
  const content = readFileSync(file)
  const isGzip = content[0] === 0x1f && content[1] === 0x8b
  return (isGzip ? gunzipSync(content) : content).toString('utf8').split(/\r?\n/)
}

async function checkLine(line: string): Promise<VectorResult> {
  let name = 'not a vector'
  try {
    const vector = parseJson(line)
    if (!isJsonObject(vector)) return { failure: `${name}: ${line.slice(0, 80)}` }
    name = nameOf(vector)
    if (typeof vector.hex !== 'string' || !/^(?:[0-9a-fA-F]{2})*$/.test(vector.hex))
      return { failure: `${name}: no bytes in 'hex'` }
    const bytes = Buffer.from(vector.hex, 'hex')
    const result = await check(vector, bytes)
    return typeof result === 'string' ? result : { failure: `${name}: ${result.failure}` }
  } catch (error) {
    return { failure: `${name}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}` }
  }
}

function check(vector: { readonly [name: string]: Json }, bytes: Buffer): VectorResult | Promise<VectorResult> {
  if ('batches' in vector) return checkRecordBatchVector(vector, bytes)
  if ('fields' in vector) return checkJuteVector(vector, bytes)
  if ('message' in vector) return checkMessageVector(vector, bytes)
  return { failure: 'not a form of vector that is known' }
}

function nameOf(vector: { readonly [name: string]: Json }): string {
  const { api, kind, record, name, version, variant } = vector
  const subject = api === undefined ? [record ?? name] : [api, kind]
  const details = { version, variant }
  const parts = Object.entries(details).flatMap(([label, value]) =>
    value === undefined ? [] : [`${label} ${text(value)}`],
  )
  return [subject.map(text).join(' '), ...parts].join(', ')
}

function text(value: Json | undefined): string {
  return typeof value === 'string'
    ? value
    : JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
}
