// What differs between any two runs of a tool, made equal.

const patterns: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\b127\.0\.0\.1(:| +)\d+/g, '127.0.0.1:PORT'],
  [/\b(localhost):\d+/g, '$1:PORT'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UUID'],
  [/(TopicId: |Cluster ID: |topicId=|topicId: |topic id )[\w-]{22}/g, '$1ID'],
  [/\/\S*?\/(kafka-logs|data\/kafka)\b/g, 'LOG-DIR'],
  // Times: milliseconds of this age of the world, which are no fraction of another number, and those written out.
  [/(?<![\w.])1[789]\d{11}(?!\w|\.\d)/g, 'TIME'],
  [/\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.:,]\d+)?/g, 'TIME'],
  [/\b(console|perf)-consumer-\d+/g, '$1-consumer-N'],
  [/\b(__consumer_offsets:\d+:)\d+/g, '$1N'],
  [/\b(tries=|after |correlation id )\d+/g, '$1N'],
  [/"avg_throughput":[\d.]+/g, '"avg_throughput":N'],
  [/\b(producerId: |crc: )\d+/g, '$1N'],
  // How records come together in batches depends on the time of day.
  [/"size":\d+/g, '"size":N'],
  // What a call was doing when its time was over is chance.
  [/(TimeoutException: ).*/g, '$1…'],
  // Where in the tool it was thrown.
  [/^\tat .*\n/gm, ''],
  // Servers that answer DescribeTopicPartitions have these two, if empty.
  [/Elr: N\/A\tLastKnownElr: N\/A/g, 'Elr: \tLastKnownElr:'],
  [/ {2,}/g, ' '],
  [/ +$/gm, ''],
]

/** Measurements of the tools that measure. */
const measurements: readonly (readonly [pattern: RegExp, instead: string])[] = [[/\d+[.,]\d+|\d+/g, 'N']]

export function normalised(text: string, options: { measures?: boolean; isUnordered?: 'lines' | 'words' }): string {
  const replaced = [...patterns, ...(options.measures === true ? measurements : [])].reduce(
    (result, [pattern, instead]) => result.replaceAll(pattern, instead),
    text,
  )
  if (options.isUnordered === undefined) return replaced
  return replaced
    .split(options.isUnordered === 'lines' ? '\n' : /[\s,]+/)
    .sort()
    .join('\n')
}
