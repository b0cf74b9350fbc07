// kafka-replica-verification goes on until it is interrupted, so it is no step: Kafka 3.9.1's and ours look at the same broker for some seconds.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import path from 'node:path'
import { createProducer } from '@odradek/client/node'
import { root } from '../lib/folders.ts'
import { classpath } from '../lib/maven.ts'
import type { Report } from '../lib/report.ts'

const patienceMs = 60_000
const topic = 'verified'

export async function judgeReplicaVerification(report: Report, bootstrap: string): Promise<void> {
  await report.check('replica-verification --time -2 --topics-include verified', async () => {
    const producer = createProducer({ 'bootstrap.servers': bootstrap })
    await producer.sendBatch(['a', 'b', 'c'].map((value) => ({ topic, partition: 0, value })))
    await producer.close()
    const options = `--broker-list ${bootstrap} --time -2 --topics-include ${topic} --report-interval-ms 500`.split(' ')
    const main = 'org.apache.kafka.tools.ReplicaVerificationTool'
    const [theirs, ours] = await Promise.all([
      linesOf('java', ['-cp', await classpath('kafka-3.9.1'), main, ...options]),
      linesOf(process.execPath, [
        '--conditions=source',
        path.join(root, 'packages', 'cli', 'bin', 'odradek.js'),
        'kafka-replica-verification',
        ...options,
      ]),
    ])
    assert.deepEqual(ours, theirs)
    assert.match(ours.at(-1) ?? '', /max lag is 0 for partition verified-0 at offset 3 among 1 partitions$/)
  })
}

/** The first three lines with a time, without it; then it is interrupted. Rejects when they do not come, or it ends otherwise than by that. */
function linesOf(command: string, args: readonly string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    let isInterrupted = false
    const timeout = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${command}: not within ${patienceMs} ms; it said ${text}`))
    }, patienceMs)
    const lines = (): string[] =>
      [...text.matchAll(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}: (.*)$/gm)].map(([, said = '']) => said).slice(0, 3)
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (lines().length < 3 || isInterrupted) return
      isInterrupted = true
      child.kill('SIGINT')
    })
    child.once('close', (code) => {
      clearTimeout(timeout)
      if (isInterrupted && code === 130) resolve(lines())
      else reject(new Error(`${command} ended with ${code}: ${text}`))
    })
  })
}
