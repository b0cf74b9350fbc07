import assert from 'node:assert/strict'
import { pbkdf2Sync } from 'node:crypto'
import { test } from 'node:test'
import { scramCredentialText, scramIterationsOf, scramMechanismOf } from './scram-credential.ts'

test('a credential is stored as RFC 7677 computes it, in Kafka’s words', () => {
  const mechanism = scramMechanismOf(1)
  assert.ok(mechanism !== undefined)
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
  const saltedPassword = pbkdf2Sync('pencil', salt, 4096, 32, 'sha256')
  const text = scramCredentialText(mechanism, { salt, saltedPassword, iterations: 4096 })
  assert.equal(
    text,
    'salt=W22ZaJ0SNY7soEsUEjb6gQ==,stored_key=WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=,server_key=wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=,iterations=4096',
  )
  assert.equal(scramIterationsOf(text), 4096)
  assert.equal(scramIterationsOf('password=secret'), undefined)
})
