import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { bindingsOf, filtersOf } from '../src/commands/acl/acl-options.ts'
import { parseOperations } from '../src/commands/acl/acl-words.ts'
import { parseQuota } from '../src/commands/quota/quota-value.ts'
import { readPassword } from '../src/commands/user/read-password.ts'
import { OdradekUnderTest } from './odradek.ts'

const nothing = { topic: [], group: [], transactionalId: [], delegationToken: [] }

test('access rules: each operation on each thing for each principal', () => {
  const given = {
    ...nothing,
    deny: [],
    host: [],
    allow: ['ada', 'User:CN=bob,O=x'],
    operation: ['read,DescribeConfigs'],
  }
  const rules = bindingsOf({ ...given, topic: ['orders'], cluster: true, pattern: 'prefixed' })
  assert.equal(rules.length, 8)
  assert.deepEqual(rules[0], {
    resourceType: 'TOPIC',
    resourceName: 'orders',
    patternType: 'PREFIXED',
    principal: 'User:ada',
    permissionType: 'ALLOW',
    host: '*',
    operation: 'READ',
  })
  assert.deepEqual([rules[7]?.patternType, rules[7]?.principal], ['LITERAL', 'User:CN=bob,O=x'])
  assert.throws(() => bindingsOf({ ...given, allow: [] }), { message: /--allow or --deny.*--topic/ })
  assert.throws(() => parseOperations('--operation', ['wriet']), { message: /is write meant/ })
  assert.deepEqual(filtersOf({ ...nothing, principal: [], operation: [] }), [{}])
  assert.deepEqual(filtersOf({ ...nothing, group: ['g'], principal: ['ada'], operation: [], pattern: 'match' }), [
    { patternType: 'MATCH', resourceType: 'GROUP', resourceName: 'g', principal: 'User:ada' },
  ])
})

test('quotas are numbers with units; a name that is nearly right is named', () => {
  assert.deepEqual(parseQuota('producer_byte_rate=10Mi'), ['producer_byte_rate', 10_485_760])
  assert.deepEqual(parseQuota('request_percentage=12.5'), ['request_percentage', 12.5])
  assert.throws(() => parseQuota('producer_byte_rat=1'), { message: /is producer_byte_rate meant/ })
  for (const wrong of ['0', '-1', 'x', '1T']) assert.throws(() => parseQuota(`producer_byte_rate=${wrong}`), /above 0/)
})

describe('odradek quota, acl and user, against a cluster', () => {
  let odradek: OdradekUnderTest
  before(async () => {
    odradek = await OdradekUnderTest.start()
  })
  after(() => odradek.stop())

  test('quotas: set, list, delete', async () => {
    assert.deepEqual(await odradek.run(['quota', 'list']), {
      code: 0,
      output: 'USER  CLIENT-ID  IP  QUOTA  VALUE\n',
      errors: 'No quota is set.\n',
    })
    const set = ['quota', 'set', '--user', 'ada', '--default', 'client-id', 'producer_byte_rate=1Ki']
    const row = 'USER  CLIENT-ID  IP  QUOTA               VALUE\nada   (default)   -  producer_byte_rate   1024\n'
    assert.equal((await odradek.run([...set, '--dry-run'])).output, row)
    assert.equal(await odradek.output(['quota', 'list', '-o', 'json']), '[]\n')
    assert.equal(await odradek.output(set), row)
    await odradek.output(['quota', 'set', '--client-id', 'etl', 'consumer_byte_rate=5', 'request_percentage=50'])
    assert.equal(await odradek.output(['quota', 'list', '--user', 'ada']), row)
    assert.equal((await odradek.output(['quota', 'list', '-o', 'jsonl'])).split('\n').length, 4)
    assert.match((await odradek.run(['quota', 'delete', '--user', 'ada'])).errors, /user ada has no quota/)
    assert.equal(
      await odradek.output(['quota', 'delete', '--client-id', 'etl', 'request_percentage']),
      'request_percentage of client-id etl deleted\n',
    )
    const asked = await odradek.run(['quota', 'delete', '--client-id', 'etl'], '', ['no'])
    assert.match(asked.errors, /Delete consumer_byte_rate of client-id etl\? Type yes: \nodradek: nothing was done\n/)
    assert.equal(asked.code, 1)
    await odradek.output(['quota', 'delete', '--client-id', 'etl', '--yes'])
    assert.equal(await odradek.output(['quota', 'list', '-o', 'jsonl']).then((text) => text.split('\n').length), 2)
    assert.match((await odradek.run(['quota', 'set', 'request_percentage=1'])).errors, /say whose/)
  })

  test('what a broker without security refuses is said with what to do', async () => {
    for (const args of [
      ['acl', 'list'],
      ['acl', 'create', '--allow', 'ada', '--operation', 'read', '--topic', 't'],
      ['acl', 'delete', '--all'],
      ['user', 'list'],
      ['user', 'create', 'ada', '--password', 'x'],
    ]) {
      const { code, errors, output } = await odradek.run(args)
      // With an authorizer it will be SECURITY_DISABLED, as long as none is set.
      assert.equal(code === 0 || /cannot do this|SECURITY_DISABLED/.test(errors), true, `${args.join(' ')}: ${errors}`)
      if (code !== 0) assert.equal(output, '')
    }
    assert.match((await odradek.run(['acl', 'delete'])).errors, /or --all/)
    assert.match((await odradek.run(['user', 'create', 'a', '--mechanism', 'PLAIN'])).errors, /SCRAM-SHA-256 or/)
  })
})

test('a password is typed twice, or is the first line of the input', async () => {
  const terminal = (input: string, answers?: string[]) => ({
    input: (async function* () {
      yield Buffer.from(input)
    })(),
    inputIsTerminal: answers !== undefined,
    outputIsTerminal: false,
    errorIsTerminal: false,
    columns: 80,
    interrupted: new AbortController().signal,
    write: () => Promise.resolve(),
    writeError: () => undefined,
    ask: () => Promise.reject(new Error('a password is not shown')),
    askSecret: () => Promise.resolve(answers?.shift() ?? ''),
  })
  assert.equal(await readPassword(terminal('from a file\r\nmore'), 'ada', undefined), 'from a file')
  assert.equal(await readPassword(terminal('', ['typed', 'typed']), 'ada', undefined), 'typed')
  assert.equal(await readPassword(terminal(''), 'ada', 'given'), 'given')
  await assert.rejects(readPassword(terminal('', ['typed', 'tpyed']), 'ada', undefined), { code: 'NOT_CONFIRMED' })
  await assert.rejects(readPassword(terminal(''), 'ada', undefined), /empty/)
})
