import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allHandlers } from '../../packages/broker/src/handlers/all.ts'
import { apacheApis } from './apache-apis.ts'
import { readCompatibilityPage, withCompatibilityTable } from './compatibility-page.ts'

test('docs/compatibility.md says what the broker answers (if not: npm run compatibility)', () => {
  const page = readCompatibilityPage()
  assert.equal(page, withCompatibilityTable(page))
})

test('APIs have the names that the definitions of their messages have', () => {
  for (const { request } of allHandlers) {
    const api = apacheApis.find(({ apiKey }) => apiKey === request.apiKey)
    assert.equal(`${api?.name}Request`, request.name)
  }
})
