// One library at one work, in a process of its own: `node worker.mjs '{"library":"kafkajs","work":"stream",…}'`. Prints one line of JSON.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'

const job = JSON.parse(process.argv[2])
const { library, work, bootstrap, topic, acks, codec, sizeBytes, seconds, count } = job
const underWayMax = 10_000
const warmMs = 700
const { connectProducer, consume } = await import(`./libraries/${library}.mjs`)

/** What a codec has something to do with: random letters, a quarter of them repeated. The same for all. */
function values() {
  let seed = 1
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x80000000
  return Array.from({ length: 256 }, () => {
    const letters = Array.from({ length: sizeBytes }, (_, at) =>
      at % 4 === 0 ? 97 + (at % 13) : 97 + Math.floor(random() * 26),
    )
    return Buffer.from(letters)
  })
}

const delay = monitorEventLoopDelay({ resolution: 1 })
let measured = 0
let startedMs = Infinity
let startCpu

function begin() {
  startedMs = performance.now()
  startCpu = process.cpuUsage()
  measured = 0
  delay.enable()
}

function result() {
  const elapsedSeconds = (performance.now() - startedMs) / 1000
  const { user, system } = process.cpuUsage(startCpu)
  delay.disable()
  return {
    perSecond: measured / elapsedSeconds,
    cpuMicroseconds: (user + system) / Math.max(1, measured),
    // A loop that did not go round once was held up all the time.
    loopP99Ms: delay.count === 0 ? elapsedSeconds * 1000 : delay.percentile(99) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }
}

async function produce() {
  const payloads = values()
  let sent = 0
  const nextValue = () => payloads[sent++ % payloads.length]
  const producer = await connectProducer({ bootstrap, topic, acks, codec, isAwaited: work !== 'stream', underWayMax })
  await producer.one(nextValue())
  const endMs = performance.now() + warmMs + seconds * 1000
  let done
  const isOver = () => {
    const nowMs = performance.now()
    if (startedMs === Infinity && nowMs >= endMs - seconds * 1000) begin()
    if (nowMs < endMs) return false
    done ??= result()
    return true
  }
  if (work === 'one') while (!isOver()) measured += (await producer.one(nextValue()), 1)
  else if (work === 'batch') {
    while (!isOver()) measured += (await producer.batch(Array.from({ length: 100 }, nextValue)), 100)
  } else {
    let looked = 0
    const next = () => (++looked % 100 === 0 && isOver() ? undefined : done === undefined ? nextValue() : undefined)
    await producer.stream(next, (records) => (measured += records))
  }
  await producer.close()
  return done ?? result()
}

async function consumeAll() {
  await consume({
    bootstrap,
    topic,
    count,
    onRecords(records) {
      // From the first ones on: what it takes to join a group is not the point here.
      if (startedMs === Infinity) begin()
      else measured += records
      seen += records
      if (seen >= count) done = result()
    },
  })
  return done
}
let seen = 0
let done

async function idle() {
  const producer = await connectProducer({ bootstrap, topic, acks, codec, isAwaited: true, underWayMax })
  await producer.one(values()[0])
  begin()
  await pause(seconds * 1000)
  const idleMiB = process.memoryUsage.rss() / 2 ** 20
  await producer.close()
  return { ...result(), idleMiB }
}

const measures = work === 'consume' ? await consumeAll() : work === 'idle' ? await idle() : await produce()
process.stdout.write(`${JSON.stringify(measures)}\n`, () => process.exit(0))
