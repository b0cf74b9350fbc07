// What Apache Kafka 3.9.1 says of its configuration, and what ours does: the definitions of all keys, the answers to the same requests, and
// what kafka-configs prints against both.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createNodeEnv } from '@odradek/env-node'
import { root } from '../lib/folders.ts'
import type { JudgeContext } from '../lib/judge.ts'
import { mustRun } from '../lib/run-command.ts'
import { startTarget } from '../lib/target.ts'
import type { Alteration } from './asked-configs.ts'
import { AskedConfigs, brokerType, topicType } from './asked-configs.ts'
import { alterations } from './alterations.ts'
import { configCommand, configCommands } from './config-command.ts'
import { expectedDifferences } from './expected-differences.ts'
import { javaClasses } from '../lib/java-classes.ts'

/** Set in server.properties of both, beside the judges' own keys. */
const properties = {
  'some.unknown.key': 'x',
  'log.retention.hours': '24',
  'listener.name.plaintext.max.connections': '500',
}

export async function judge({ report, target }: JudgeContext): Promise<void> {
  await report.check('the facts that the repository holds of the keys are those of Kafka 3.9.1', checkFacts)
  const judged = await startTarget(target, properties)
  const apache = await startTarget('apache', properties)
  const env = createNodeEnv({ log: { level: 'error' } })
  const sides = await Promise.all([judged, apache].map(({ bootstrap }) => AskedConfigs.connect(env, bootstrap)))
  const seen = new Set<string>()
  try {
    for (const side of sides) await side.createTopic('t')
    await report.check(`${alterations.length} changes, good and bad, are answered alike`, async () => {
      const different: string[] = []
      for (const alteration of alterations) {
        const [ours, theirs] = await Promise.all(sides.map((side) => side.alter(alteration)))
        if (ours === theirs || isExpected(seen, titleOf(alteration))) continue
        different.push(`${titleOf(alteration)}\n  ours:     ${ours}\n  Apache's: ${theirs}`)
      }
      assert.equal(different.length, 0, different.join('\n'))
    })
    for (const [type, name, title] of [
      [topicType, 't', 'a topic'],
      [brokerType, '1', 'a broker'],
      [brokerType, '', 'all brokers'],
    ] as const) {
      await report.check(`the keys of ${title} are described alike`, async () => {
        const [ours, theirs] = await Promise.all(sides.map((side) => side.describe(type, name)))
        const names = new Set([...(ours?.keys() ?? []), ...(theirs?.keys() ?? [])])
        const different = [...names]
          .filter((key) => maskPlaces(ours?.get(key)) !== maskPlaces(theirs?.get(key)) && !isExpected(seen, key))
          .map((key) => `${key}\n  ours:     ${ours?.get(key)}\n  Apache's: ${theirs?.get(key)}`)
        assert.equal(different.length, 0, different.join('\n'))
        assert.ok(names.size > 3)
      })
    }
    if (target === 'odradek') {
      await report.check('differences that are expected are all there', () => {
        const absent = expectedDifferences.map(([what]) => what).filter((what) => !seen.has(what))
        assert.deepEqual(absent, [])
      })
    }
    for (const args of configCommands) {
      await report.check(`kafka-configs ${args.join(' ')}`, async () => {
        const ours = await configCommand(judged.bootstrap, args)
        const theirs = await configCommand(apache.bootstrap, args)
        assert.deepEqual(comparable(ours), comparable(theirs))
      })
    }
  } finally {
    for (const side of sides) side.close()
    await judged.stop()
    await apache.stop()
    judged.remove()
    apache.remove()
  }
}

async function checkFacts(): Promise<void> {
  const source = path.join(root, 'judges', 'configuration', 'ConfigFacts.java')
  const printed = await mustRun('java', [
    '-cp',
    await javaClasses('config-facts', 'kafka-3.9.1', [source]),
    'ConfigFacts',
  ])
  const facts: Record<string, unknown[]> = { broker: [], topic: [] }
  for (const line of printed.split('\n').filter((text) => text.startsWith('{'))) {
    const { of, ...fact } = JSON.parse(line) as { of: string }
    facts[of]?.push(fact)
  }
  const held = path.join(root, 'packages', 'broker', 'test', 'fixtures', 'config-keys-3.9.1.json')
  assert.deepEqual(JSON.parse(readFileSync(held, 'utf8')), facts)
}

function titleOf({ type, name, changes }: Alteration): string {
  const whose = type === 8 && name !== '1' ? `of ${name === '' ? 'no broker' : `broker ${name}`}: ` : ''
  const operations = ['set', 'remove', 'append', 'subtract']
  return (
    whose +
    changes
      .map(([key, operation, value]) => `${operations[operation]} ${key}${value === null ? '' : `=${value}`}`)
      .join(' ')
  )
}

function isExpected(seen: Set<string>, what: string): boolean {
  if (!expectedDifferences.some(([known]) => known === what)) return false
  seen.add(what)
  return true
}

/** Ports and folders are each broker's own. */
function maskPlaces(line: string | undefined): string | undefined {
  return line?.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST').replaceAll(/\/\S*odradek-judge\S*?(?=[\s@\]]|$)/g, 'FOLDER')
}

/** The lines without order, for Apache's depends on a hash table, and without what is expected to differ. */
function comparable(printed: string): string[] {
  return printed
    .split('\n')
    .filter((line) => !expectedDifferences.some(([what]) => line.trim().startsWith(`${what}=`)))
    .filter((line) => !/^\s*at |broker\.id/.test(line))
    .map((line) => maskPlaces(line) ?? '')
    .toSorted()
}
