// go-zookeeper 1.0.4's own tests, from Go's module proxy. Each starts servers of its own by zkServer.sh: here that is a script which starts Apache's or ours.
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, temporaryFolder } from '../../lib/folders.ts'
import { compileGoTests, goModule, judgeGoSuite } from '../../lib/go-tests.ts'
import type { JudgeContext, TargetKind } from '../../lib/judge.ts'
import { classpath } from '../../lib/maven.ts'

/** Tests of an ensemble of three servers. */
const ofThree = [
  'BasicCluster',
  'ClientClusterFailover',
  'NoQuorum',
  'RecurringReAuthHang',
  'DNSHostProviderReconnect',
  'IncrementalReconfig',
  'Reconfig',
].map((name) => `TestIntegration_${name}`)

const helper = 'server_help_test.go'
/** It waits until `srvr` names a date in the form of ZooKeeper 3.5, and cannot read that of 3.9; here it waits until the answer names the mode. */
const healthCheck = [
  '_, ok := FLWSrvr(serverAddrs, time.Second)',
  'response, err := fourLetterWord(serverAddrs[0], "srvr", time.Second)\n\t\tok := err == nil && strings.Contains(string(response), "Mode: ")',
] as const

/** A copy of the module with the helper as above, and its tests compiled. */
async function compiledTests(folder: string): Promise<{ program: string; source: string }> {
  const source = path.join(folder, 'zk')
  mkdirSync(source)
  const original = await goModule('github.com/go-zookeeper/zk@v1.0.4', folder)
  for (const name of readdirSync(original).filter((each) => each.endsWith('.go') || each === 'go.mod')) {
    const text = readFileSync(path.join(original, name), 'utf8')
    writeFileSync(path.join(source, name), name === helper ? text.replace(...healthCheck) : text)
    if (name === helper) assert.equal(text.split(healthCheck[0]).length, 2, `${name} is not as it was`)
  }
  const program = path.join(folder, 'zk.test')
  await compileGoTests(source, program)
  return { program, source }
}

/** A folder with a zkServer.sh that is called as `zkServer.sh start-foreground CONFIG`; what the tests give in SERVER_JVMFLAGS stands in the file here. */
async function startScript(folder: string, kind: TargetKind): Promise<string> {
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  const start =
    kind === 'apache'
      ? [
          'java -Xmx256m -XX:+UseSerialGC $SERVER_JVMFLAGS -cp',
          `'${await classpath('zookeeper-3.9.5')}' org.apache.zookeeper.server.quorum.QuorumPeerMain "$2"`,
        ]
      : [
          `'${process.execPath}' '${path.join(root, 'scripts', 'run.mjs')}' packages/cli/bin/odradek.js zookeeper --config "$2"`,
        ]
  const ours = 'for flag in $SERVER_JVMFLAGS; do echo "${flag#-Dzookeeper.}" >> "$2"; done'
  const script = path.join(bin, 'zkServer.sh')
  writeFileSync(
    script,
    `#!/bin/bash\ncd '${kind === 'apache' ? folder : root}'\n${kind === 'apache' ? '' : ours}\nexec ${start.join(' ')}\n`,
  )
  chmodSync(script, 0o755)
  return bin
}

export async function judge({ report, target }: JudgeContext): Promise<void> {
  const folder = temporaryFolder('go-zookeeper')
  const { program, source } = await compiledTests(folder)
  await judgeGoSuite(report, {
    program,
    folder: source,
    skip: ofThree,
    env: { ZOOKEEPER_BIN_PATH: await startScript(folder, target) },
    // Apache ZooKeeper 3.9.5's.
    passedOnApache: 72,
    maySkip: () => false,
  })
  rmSync(folder, { recursive: true, force: true })
}
