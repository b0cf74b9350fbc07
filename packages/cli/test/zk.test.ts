// The shell for ZooKeeper with the real server, in a simulated world.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Simulation } from '@odradek/env-sim'
import { parseZooKeeperConfig, ZooKeeperServer } from '@odradek/zookeeper'
import { ZooKeeperClient } from '@odradek/zookeeper-client'
import { complete } from '../src/commands/zk/complete.ts'
import { clientOptions, takeOptions } from '../src/commands/zk/connection-options.ts'
import type { ZkOptions } from '../src/commands/zk/connection-options.ts'
import { parseAcl } from '../src/commands/zk/format/acl.ts'
import { runShellCommand } from '../src/commands/zk/run-shell-command.ts'
import type { OutputFormat } from '../src/commands/zk/shell-command.ts'
import { splitWords } from '../src/commands/zk/split-words.ts'

interface Result {
  readonly code: number
  readonly out: string
  readonly notes: string
}

/** A shell whose output is kept. */
class Shell {
  readonly simulation = new Simulation({ seed: 1 })
  readonly client: ZooKeeperClient

  constructor() {
    const { env } = this.simulation.machine('client')
    this.client = new ZooKeeperClient(env, { connectString: 'server:2181', sessionTimeoutMs: 6000 })
  }

  static async start(): Promise<Shell> {
    const shell = new Shell()
    const lines = ['dataDir=/data', 'clientPort=2181', 'clientPortAddress=0.0.0.0', 'extendedTypesEnabled=true']
    const { env } = shell.simulation.machine('server')
    const server = new ZooKeeperServer(env, parseZooKeeperConfig(lines.join('\n')))
    await shell.simulation.runUntil(server.start())
    await shell.simulation.runUntil(shell.client.connect())
    return shell
  }

  run(line: string, format: OutputFormat = 'text'): Promise<Result> {
    return this.simulation.runUntil(this.begin(line, format))
  }

  async begin(line: string, format: OutputFormat = 'text', signal = new AbortController().signal): Promise<Result> {
    let out = ''
    let notes = ''
    const output = {
      isTerminal: false,
      line: (text: string) => void (out += `${text}\n`),
      bytes: (data: Buffer) => void (out += data.toString('latin1')),
      note: (text: string) => void (notes += `${text}\n`),
    }
    const { env } = this.simulation.machine('client')
    const context = { env, client: this.client, output, format, isInteractive: false, signal }
    const code = await runShellCommand(context, splitWords(line))
    return { code, out, notes }
  }

  async says(line: string, out: string, format: OutputFormat = 'text'): Promise<void> {
    const result = await this.run(line, format)
    assert.deepEqual({ code: result.code, out: result.out }, { code: 0, out }, `${line}\n${result.notes}`)
  }
}

test('nodes are made, listed, read, changed and deleted', async () => {
  const shell = await Shell.start()
  await shell.says('create -p /a/b "two words"', '/a/b\n')
  await shell.says('create -s /a/n- x', '/a/n-0000000001\n')
  await shell.says('create -e /a/e', '/a/e\n')
  await shell.says('create -c /box', '/box\n')
  await shell.says('create -t 5000 /brief', '/brief\n')
  await shell.says('ls /a', 'b\ne\nn-0000000001\n')
  await shell.says('ls /', '["a","box","brief","zookeeper"]\n', 'json')
  await shell.says('ls -R /a', '/a\n/a/b\n/a/e\n/a/n-0000000001\n')
  await shell.says('get /a/b', 'two words\n')
  await shell.says('get /a/e', 'null\n')
  await shell.says('set --as hex /a/b ff00', '')
  await shell.says('get --as base64 /a/b', '/wA=\n')
  await shell.says('get /a/b', '{"path":"/a/b","data":"/wA=","encoding":"base64"}\n', 'json')
  await shell.says('set -v 1 /a/b x', '')
  assert.match((await shell.run('stat /a/b')).out, /^dataVersion = 2$/m)
  assert.match(
    (await shell.run('ls -s /a', 'table')).out,
    /^name +children +bytes +version +owner +modified\nb +0 +1 +2/,
  )
  await shell.says('tree /a', '/a\n├─ b  (1 B)\n├─ e  (ephemeral)\n└─ n-0000000001  (1 B)\n')
  await shell.says('count /a', '3\n')
  await shell.says('getEphemerals', '/a/e\n')
  await shell.says('delete /a/n-0000000001', '')
  await shell.says('deleteall /a', '')
  await shell.says('ls /', 'box\nbrief\nzookeeper\n')
})

test('every error has its exit code, its cause and a next step', async () => {
  const shell = await Shell.start()
  await shell.run('create -p /a/b')
  const fails = async (line: string, code: number, notes: RegExp): Promise<void> => {
    const result = await shell.run(line)
    assert.equal(result.code, code, `${line}: ${result.notes}`)
    assert.match(result.notes, notes)
    assert.equal(result.out, '')
  }
  await fails('get /nope', 4, /\/nope: the node does not exist \(NO_NODE\)\n {2}\S/)
  await fails('stat /nope', 4, /NO_NODE/)
  await fails('tree /nope', 4, /NO_NODE/)
  await fails('create /x/y', 4, /create -p/)
  await fails('create /a', 5, /NODE_EXISTS.*\n {2}set changes/)
  await fails('set -v 7 /a x', 5, /BAD_VERSION/)
  await fails('delete /a', 5, /NOT_EMPTY.*\n {2}deleteall/)
  await fails('delete a', 2, /a path begins with "\/", "a" does not/)
  await fails('deleteall /', 2, /root/)
  await fails('set --as base64 /a !', 2, /not base64/)
  await fails('create -e -c /x', 2, /one of/)
  await fails('acl set /a world:anyone:xyz', 2, /"x" is no permission/)
  await fails('acl set /a auth::cdrwa', 2, /INVALID_ACL/)
  await fails('nonsense', 2, /help lists/)
  await fails('get', 2, /get takes more arguments: get \[-s\]/)
  await fails('ls --color /', 2, /usage: ls/)
  await shell.run('acl set /a/b digest:somebody:hash=:cdrwa')
  await fails('get /a/b', 6, /NO_AUTH.*\n {2}acl get/)
})

test('ACLs are shown and changed, with ids that hold colons and commas', async () => {
  const shell = await Shell.start()
  await shell.run('create -p /a/b')
  await shell.says('acl get /a', 'world:anyone:cdrwa\n')
  await shell.says('addauth digest bob:secret', '')
  await shell.says("acl set -R /a 'auth::cdrwa,world:anyone:r'", '')
  const bob = /^digest:bob:\S+:cdrwa\nworld:anyone:r\n$/
  assert.match((await shell.run('getAcl /a/b')).out, bob)
  assert.deepEqual(parseAcl('x509:CN=a,O=b:rw,ip:fe80::1/64:a'), [
    { perms: 3, id: { scheme: 'x509', id: 'CN=a,O=b' } },
    { perms: 16, id: { scheme: 'ip', id: 'fe80::1/64' } },
  ])
  assert.match((await shell.run('whoami')).out, /^digest:bob$/m)
})

test('watch tells events as they come, until it has told enough or is stopped', async () => {
  const shell = await Shell.start()
  const watching = shell.begin('watch -R -n 3 /')
  const stop = new AbortController()
  const stopped = shell.begin('watch /a', 'json', stop.signal)
  const once = shell.begin('stat -w /a')
  await shell.simulation.run(100)
  await shell.run('create /a')
  await shell.run('create /a/b')
  await shell.run('set /a/b x')
  await shell.run('delete /a/b')
  const { code, out } = await shell.simulation.runUntil(watching)
  assert.deepEqual({ code, out }, { code: 0, out: 'created /a\ncreated /a/b\ndataChanged /a/b\n' })
  stop.abort(new Error('stopped'))
  assert.equal(
    (await shell.simulation.runUntil(stopped)).out,
    '{"event":"created","path":"/a"}\n{"event":"childrenChanged","path":"/a"}\n{"event":"childrenChanged","path":"/a"}\n',
  )
  assert.equal((await shell.simulation.runUntil(once)).out, 'created /a\n')
})

test('what is exported is imported as it was, elsewhere too; a dry run does nothing', async () => {
  const shell = await Shell.start()
  for (const line of [
    'create -p /app/x/y text',
    'create --as hex /app/bytes ff00',
    'create /app/locked data digest:bob:hash=:r,world:anyone:ra',
    'create -e /app/live',
  ]) {
    assert.equal((await shell.run(line)).code, 0)
  }
  const { env } = shell.simulation.machine('client')
  env.disk.makeDirectorySync('/files')
  const exported = await shell.run('export /app /files/app.json')
  assert.equal(exported.notes, '5 nodes exported; 1 ephemeral nodes left out\n')
  const before = (await shell.run('export /app')).out
  await shell.says(
    'import --dry-run /files/app.json /copy',
    'create /copy\ncreate /copy/bytes\ncreate /copy/locked\ncreate /copy/x\ncreate /copy/x/y\n',
  )
  await shell.says('ls /', 'app\nzookeeper\n')
  assert.equal((await shell.run('import /files/app.json /copy')).code, 0)
  assert.equal((await shell.run('export /copy')).out, before.replace('"/app"', '"/copy"'))
  await shell.run('set /copy/x/y other')
  await shell.run('acl set /copy/x world:anyone:cdrwa,digest:eve:hash=:r')
  await shell.says('import --skip-existing /files/app.json /copy', '')
  await shell.says('import /files/app.json /copy', 'acl    /copy/x\nset    /copy/x/y\n')
  await shell.says('import /files/app.json /copy', '')
})

test('a file that is no export is refused with the place', async () => {
  const shell = await Shell.start()
  const { env } = shell.simulation.machine('client')
  env.disk.makeDirectorySync('/files')
  const head = '"format":"odradek-zookeeper-export","version":1,"root":"/a"'
  for (const [text, message] of [
    ['{', /not JSON/],
    ['[]', /must be an object/],
    ['{"format":"other"}', /no export/],
    [`{${head}}`, /"nodes" a list/],
    [`{${head},"nodes":[7]}`, /node 1 must be an object/],
    [`{${head},"nodes":[{"path":"/x","data":7}]}`, /\/x: "data" must be/],
    [`{${head},"nodes":[{"path":"/x","data":"!","encoding":"base64"}]}`, /not base64/],
    [`{${head},"nodes":[{"path":"/x","data":null,"acl":[{"scheme":"world"}]}]}`, /\/x: an entry of "acl"/],
  ] as const) {
    env.disk.writeFileAtomicSync('/files/bad.json', Buffer.from(text))
    const { code, notes } = await shell.run('import /files/bad.json')
    assert.equal(code, 2)
    assert.match(notes, message)
  }
})

test('quotas are set, shown and taken away as zkCli does', async () => {
  const shell = await Shell.start()
  await shell.run('create -p /app/a data')
  await shell.run('setquota -n 5 -B 100 /app')
  await shell.says(
    'get /zookeeper/quota/app/zookeeper_limits',
    'count=5,bytes=-1=;byteHardLimit=100;countHardLimit=-1\n',
  )
  await shell.says(
    'listquota /app',
    'limits count=5,bytes=-1=;byteHardLimit=100;countHardLimit=-1\nstats count=2,bytes=4\n',
  )
  assert.equal((await shell.run('setquota -n 3 /app/a')).code, 5)
  assert.match((await shell.run('setquota -n 1 /app')).notes, /count 2, count 1/)
  await shell.run('delquota -n /app')
  await shell.says(
    'listquota /app',
    '{"path":"/app","limits":{"count":-1,"bytes":-1,"byteHardLimit":100,"countHardLimit":-1},"stats":{"count":2,"bytes":4}}\n',
    'json',
  )
  await shell.run('delquota /app')
  assert.equal((await shell.run('listquota /app')).code, 4)
  await shell.says('ls /zookeeper/quota', '')
  assert.equal((await shell.run('setquota -n 5 /none')).code, 4)
  assert.equal((await shell.run('setquota /app')).code, 2)
  assert.equal((await shell.run('setquota -n 0 /app')).code, 2)
})

test('a single server has no ensemble to show or to change', async () => {
  const shell = await Shell.start()
  await shell.says('config', '')
  assert.match((await shell.run('config -s')).out, /dataLength = 0/)
  const { code, notes } = await shell.run('reconfig --remove 3')
  assert.equal(code, 1)
  assert.match(notes, /RECONFIG_DISABLED/)
  assert.equal((await shell.run('reconfig')).code, 2)
})

test('commands and paths are completed', async () => {
  const shell = await Shell.start()
  await shell.run('create -p /alpha/one')
  await shell.run('create /beta')
  const completed = (line: string): Promise<[string[], string]> =>
    shell.simulation.runUntil(complete(shell.client, line))
  assert.deepEqual(await completed('delete'), [['delete ', 'deleteall '], 'delete'])
  assert.deepEqual(await completed('get /a'), [['/alpha'], '/a'])
  assert.deepEqual(await completed('get /alpha'), [['/alpha/one'], '/alpha'])
  assert.deepEqual(await completed('get /nothing/'), [[], '/nothing/'])
})

test('options may stand behind the command; -s is the server only where one follows', () => {
  const before: ZkOptions = { server: 'before:1', output: 'text', timeout: '5000', logLevel: 'error' }
  const taken = takeOptions(['ls', '/', '-s', 'zk1:2181,zk2:2181/app', '-o', 'json'], before)
  assert.deepEqual(taken.words, ['ls', '/'])
  assert.equal(taken.options.server, 'zk1:2181,zk2:2181/app')
  assert.equal(taken.options.output, 'json')
  assert.deepEqual(takeOptions(['get', '-s', '/a'], before).words, ['get', '-s', '/a'])
  assert.deepEqual(takeOptions(['set', '/a', '--', '-s', 'x:1'], before).words, ['set', '/a', '--', '-s', 'x:1'])
  assert.deepEqual(takeOptions(['ls', '--auth=digest:a:b', '--auth', 'digest:c:d'], before).options.auth, [
    'digest:a:b',
    'digest:c:d',
  ])
  assert.throws(() => takeOptions(['ls', '--server'], before), { code: 'USAGE' })
  const { env } = new Simulation({ seed: 1 }).machine('one')
  assert.throws(() => clientOptions(env, { ...before, sasl: 'nobody' }), { code: 'USAGE' })
  assert.throws(() => clientOptions(env, { ...before, tlsCa: '/no/file' }), { code: 'FILE_NOT_FOUND' })
})
