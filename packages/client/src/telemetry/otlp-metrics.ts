import type { ClientMetric } from '../metrics/client-metrics.ts'

/** One number as it is pushed. */
export interface OtlpNumber {
  readonly name: string
  readonly description: string
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly value: number
  /** Gauges go up and down; sums only grow. */
  readonly kind: 'gauge' | 'sum'
}

const prefix = 'org.apache.kafka'

/** The name that a metric has on its way to the broker (KIP-714): `org.apache.kafka.producer.record.send.rate`. */
export function telemetryName({ group, name }: Pick<ClientMetric, 'group' | 'name'>): string {
  return `${prefix}.${group.replace(/-metrics$/, '')}.${name}`.replaceAll('-', '.')
}

/** Numbers of metrics that are asked for: those whose names begin with one of `wanted`; `''` stands for all. What has no value is left out. */
export function numbersOf(metrics: readonly ClientMetric[], wanted: readonly string[]): OtlpNumber[] {
  return metrics.flatMap(({ description, tags, value, isTotal, ...metric }) => {
    const name = telemetryName(metric)
    if (!Number.isFinite(value) || !wanted.some((start) => start === '*' || name.startsWith(start))) return []
    const attributes = Object.entries(tags)
      .filter(([key]) => key !== 'client-id')
      .map(([key, text]) => [key.replaceAll('-', '_'), text] as const)
    return [{ name, description, attributes, value, kind: isTotal ? 'sum' : 'gauge' }]
  })
}

/** Aggregation temporality of OpenTelemetry. */
const temporality = { delta: 1, cumulative: 2 } as const

export interface OtlpOptions {
  readonly startWallMs: number
  readonly wallMs: number
  readonly isDelta: boolean
}

/** A message `MetricsData` of OpenTelemetry's protocol, version 1, as brokers take it in PushTelemetry. */
export function encodeOtlpMetrics(numbers: readonly OtlpNumber[], options: OtlpOptions): Buffer {
  const metrics = numbers.map((number) => field(2, metric(number, options)))
  const scope = Buffer.concat(metrics)
  return field(1, field(2, scope))
}

/** Metric: name 1, description 2, gauge 5, sum 7. */
function metric({ name, description, kind, ...number }: OtlpNumber, options: OtlpOptions): Buffer {
  const point = field(1, dataPoint(number, options))
  const sum = [point, varintField(2, options.isDelta ? temporality.delta : temporality.cumulative), varintField(3, 1)]
  return Buffer.concat([
    field(1, Buffer.from(name)),
    field(2, Buffer.from(description)),
    kind === 'gauge' ? field(5, point) : field(7, Buffer.concat(sum)),
  ])
}

/** NumberDataPoint: start 2, time 3, double 4, attributes 7. */
function dataPoint(
  { attributes, value }: Pick<OtlpNumber, 'attributes' | 'value'>,
  { startWallMs, wallMs }: OtlpOptions,
): Buffer {
  const double = Buffer.alloc(9)
  double[0] = (4 << 3) | 1
  double.writeDoubleLE(value, 1)
  const named = attributes.map(([key, text]) =>
    field(7, Buffer.concat([field(1, Buffer.from(key)), field(2, field(1, Buffer.from(text)))])),
  )
  return Buffer.concat([fixed64(2, startWallMs), fixed64(3, wallMs), double, ...named])
}

function fixed64(number: number, wallMs: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes[0] = (number << 3) | 1
  bytes.writeBigUInt64LE(BigInt(Math.max(0, Math.round(wallMs))) * 1_000_000n, 1)
  return bytes
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(content.length), content])
}

function varintField(number: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([number << 3]), varint(value)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let left = value
  while (left > 0x7f) {
    bytes.push((left & 0x7f) | 0x80)
    left = Math.floor(left / 128)
  }
  bytes.push(left)
  return Buffer.from(bytes)
}
