import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** The start is over then. */
const youngGenerationLookMs = 500
const youngGenerationSizeBytes = 16 * 2 ** 20

/**
 * A ZooKeeper server keeps all its nodes in memory: with less room to grow it needs a third less, and no more processor time. The young generation
 * can be bounded at the start of a process only, by a flag, so it is told to grow no more when it is as large as it may be.
 */
export function tuneHeap() {
  setFlagsFromString('--heap-growing-percent=25')
  setTimeout(() => void boundYoungGeneration(), youngGenerationLookMs).unref()
}

async function boundYoungGeneration() {
  const { PerformanceObserver } = await import('node:perf_hooks')
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
    if (young !== undefined && young.space_size < youngGenerationSizeBytes) return
    setFlagsFromString('--semi-space-growth-factor=1')
    observer.disconnect()
  })
  observer.observe({ entryTypes: ['gc'] })
}
