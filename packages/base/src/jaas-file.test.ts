import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JaasError, parseJaasFile } from './jaas-file.ts'

test('sections, modules and options are read as Java reads them', () => {
  const sections = parseJaasFile(`
    // users
    Server {
      org.apache.zookeeper.server.auth.DigestLoginModule required
        user_super="super_secret" /* of all */
        user_bob=plain user_eve="with \\"quotes\\" and = ;";
    };
    # another
    Client { a.B optional; c.D Sufficient x=1; };
  `)
  assert.deepEqual([...sections.keys()], ['Server', 'Client'])
  const [server] = sections.get('Server') ?? []
  assert.equal(server?.module, 'org.apache.zookeeper.server.auth.DigestLoginModule')
  assert.deepEqual(
    [...(server?.options ?? [])],
    [
      ['user_super', 'super_secret'],
      ['user_bob', 'plain'],
      ['user_eve', 'with "quotes" and = ;'],
    ],
  )
  assert.deepEqual(
    sections.get('Client')?.map(({ module, flag }) => [module, flag]),
    [
      ['a.B', 'optional'],
      ['c.D', 'sufficient'],
    ],
  )
})

test('what is wrong is named with its line', () => {
  const wrong = (text: string, message: RegExp): void =>
    assert.throws(
      () => parseJaasFile(text),
      (error) => error instanceof JaasError && message.test(error.message),
    )
  wrong('Server {', /line 1: the text ends/)
  wrong('Server {\n a.B required }\n;', /line 2: expected the name of an option, or ";", found "}"/)
  wrong('Server {\n a.B needed; };', /line 2: expected required, requisite/)
  wrong('Server { a.B required x="1; };', /line 1: a quotation mark/)
  wrong('Server { a.B required; }', /the text ends/)
})
