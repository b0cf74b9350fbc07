import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfigurationPage, withConfigurationTables } from './configuration-page.ts'

test('docs/configuration.md says what the keys are (if not: npm run configuration)', () => {
  const page = readConfigurationPage()
  assert.equal(page, withConfigurationTables(page))
})
