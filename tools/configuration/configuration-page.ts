import { readFileSync } from 'node:fs'
import { brokerKeys } from '../../packages/broker/src/config/broker-keys.ts'
import type { ConfigEffect, ConfigKey } from '../../packages/broker/src/config/config-key.ts'
import { validValuesText } from '../../packages/broker/src/config/config-key.ts'
import { brokerSynonymsOf, topicKeys } from '../../packages/broker/src/config/topic-keys.ts'

/** The page whose tables are made from the definitions of the keys; what stands before them is written by hand. */
export const configurationPage = new URL('../../docs/configuration.md', import.meta.url)

const tablesStart = '<!-- Made by `npm run configuration` from the definitions of the keys. -->\n'

const effectTexts: Readonly<Record<ConfigEffect, string>> = {
  full: 'yes',
  accepted: 'accepted',
  'not yet': 'not yet',
  never: 'never',
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;')
}

function code(text: string): string {
  return text === '' ? '' : `\`${text.replaceAll('|', '\\|')}\``
}

/** Numbers that are limits of their type say nothing to a person. */
function defaultCell({ defaultText }: ConfigKey): string {
  if (defaultText === null) return 'none'
  if (defaultText === '9223372036854775807' || defaultText === '2147483647') return 'no limit'
  return defaultText === '' ? 'empty' : code(defaultText.replaceAll(',', ', '))
}

function brokerRow(key: ConfigKey): string {
  const cells = [
    code(key.name),
    cell(key.doc),
    key.type,
    defaultCell(key),
    code(validValuesText(key)),
    key.scope,
    effectTexts[key.effect],
  ]
  return `| ${cells.join(' | ')} |`
}

function topicRow(key: ConfigKey): string {
  const synonyms = brokerSynonymsOf(key.name).map(({ name }) => code(name))
  const cells = [
    code(key.name),
    cell(key.doc),
    key.type,
    defaultCell(key),
    code(validValuesText(key)),
    synonyms.join(', '),
    effectTexts[key.effect],
  ]
  return `| ${cells.join(' | ')} |`
}

/** Both tables. */
export function configurationTables(): string {
  const byName = (left: ConfigKey, right: ConfigKey): number => (left.name < right.name ? -1 : 1)
  const ofBrokers = Object.values<ConfigKey>(brokerKeys).filter(({ isInternal }) => !isInternal)
  const ofTopics = Object.values<ConfigKey>(topicKeys)
  return [
    `## The ${ofTopics.length} keys of topics`,
    '',
    '| key | what it says | type | default | values | broker keys behind it | has effect |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...ofTopics.toSorted(byName).map(topicRow),
    '',
    `## The ${ofBrokers.length} keys of brokers`,
    '',
    '| key | what it says | type | default | values | changes | has effect |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...ofBrokers.toSorted(byName).map(brokerRow),
    '',
  ].join('\n')
}

/** The page as it stands. */
export function readConfigurationPage(): string {
  return readFileSync(configurationPage, 'utf8')
}

/** The page with its tables made anew. Throws when the page has lost the mark before them. */
export function withConfigurationTables(page: string): string {
  const start = page.indexOf(tablesStart)
  if (start < 0) throw new Error('docs/configuration.md has lost the mark before its tables')
  return `${page.slice(0, start)}${tablesStart}\n${configurationTables()}`
}
