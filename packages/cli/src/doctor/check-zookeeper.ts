import type { Env } from '@odradek/base'
import { ZooKeeperClient, ZooKeeperError } from '@odradek/zookeeper-client'
import { messageOf, ok, problem, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const sessionTimeoutMs = 10_000
const connectTimeoutMs = 5000
const readCount = 10
const slowReadMs = 50
/** By how much clocks may differ before times in records and retention are worth a look. */
const clockDifferenceMsMax = 2000

/** ZooKeeper: whether it answers, how fast, whether its clock is near this machine's, and which brokers are registered there. */
export async function checkZooKeeper(env: Env, connectString: string): Promise<Finding[]> {
  const what = `ZooKeeper ${connectString}`
  let client: ZooKeeperClient
  try {
    client = new ZooKeeperClient(env, { connectString, sessionTimeoutMs, connectTimeoutMs })
  } catch (error) {
    return [problem(what, messageOf(error))]
  }
  try {
    await client.connect()
    return [
      await checkLatency(env, client, what),
      await checkClock(env, client, what),
      ...(await checkBrokers(client, what)),
    ]
  } catch (error) {
    if (!(error instanceof ZooKeeperError)) throw error
    return [problem(what, `it does not answer: ${messageOf(error)}. Is it running, and is zookeeper.connect right?`)]
  } finally {
    await client.close()
  }
}

async function checkLatency(env: Env, client: ZooKeeperClient, what: string): Promise<Finding> {
  const durations: number[] = []
  for (let count = 0; count < readCount; count++) {
    const startMs = env.clock.monotonicMs()
    await client.exists('/brokers')
    durations.push(env.clock.monotonicMs() - startMs)
  }
  const median = durations.toSorted((left, right) => left - right)[Math.floor(readCount / 2)] ?? 0
  const text = `it answers a read within ${median.toFixed(1)} ms`
  return median > slowReadMs ? warning(what, `${text}: that is slow`) : ok(what, text)
}

/** A node that is gone with this session carries the time of ZooKeeper's clock. */
async function checkClock(env: Env, client: ZooKeeperClient, what: string): Promise<Finding> {
  const beforeMs = env.clock.wallMs()
  const { path } = await client.create('/odradek-doctor-', null, { mode: 'ephemeralSequential' })
  const afterMs = env.clock.wallMs()
  const stat = await client.exists(path)
  await client.delete(path)
  const theirMs = Number(stat?.ctime ?? beforeMs)
  const differenceMs = Math.max(0, beforeMs - theirMs, theirMs - afterMs)
  const text = `its clock is ${Math.round(differenceMs)} ms away from this machine's`
  return differenceMs > clockDifferenceMsMax ? warning(what, `${text}: set both by NTP`) : ok(what, text)
}

async function checkBrokers(client: ZooKeeperClient, what: string): Promise<Finding[]> {
  if ((await client.exists('/brokers/ids')) === undefined) return [warning(what, 'no broker was ever registered there')]
  const { children } = await client.getChildren('/brokers/ids')
  if (children.length === 0) return [warning(what, 'no broker is registered there now')]
  const brokers = `brokers ${children.toSorted().join(', ')} are registered`
  const controller = await client.exists('/controller')
  return [controller === undefined ? problem(what, `${brokers}, but there is no controller`) : ok(what, brokers)]
}
