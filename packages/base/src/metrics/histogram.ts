const subBucketBits = 3
const subBuckets = 1 << subBucketBits
const exponentBias = 10
const bucketCount = 64 * subBuckets

/**
 * A distribution in constant memory: buckets that grow by an eighth, so a quantile is at most 12.5 % off.
 * Values are not negative; what is below 2^-10 counts as that.
 */
export class Histogram {
  readonly #buckets = new Uint32Array(bucketCount)
  count = 0
  sum = 0
  max = 0
  #min = Number.POSITIVE_INFINITY

  record(value: number): void {
    this.count++
    this.sum += value
    if (value > this.max) this.max = value
    if (value < this.#min) this.#min = value
    const bucket = bucketOf(value)
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
  }

  /** 0 when nothing was recorded. */
  get min(): number {
    return this.count === 0 ? 0 : this.#min
  }

  /** The value below which the share `quantile` (0 to 1) of what was recorded lies; 0 when nothing was. */
  quantile(quantile: number): number {
    const rank = Math.ceil(quantile * this.count)
    let seen = 0
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      seen += this.#buckets[bucket] as number
      if (seen >= rank && seen > 0) return Math.min(upperBound(bucket), this.max)
    }
    return 0
  }

  /** Lines of a Prometheus summary. */
  render(name: string, labels: string): string[] {
    const separator = labels === '' ? '' : ','
    const suffix = labels === '' ? '' : `{${labels}}`
    return [
      ...[0.5, 0.95, 0.99, 0.999].map((q) => `${name}{${labels}${separator}quantile="${q}"} ${this.quantile(q)}`),
      `${name}_sum${suffix} ${this.sum}`,
      `${name}_count${suffix} ${this.count}`,
    ]
  }
}

/** The exponent of two, and the three bits behind the first: in integers, as logarithms cost ten times as much. */
function bucketOf(value: number): number {
  const scaled = value * 2 ** exponentBias
  if (!(scaled >= 1)) return 0
  if (value < 2 ** 18) return bucketOfBits((scaled * subBuckets) | 0, 0)
  if (value < 2 ** 31) return bucketOfBits(value | 0, exponentBias + subBucketBits)
  const exponent = Math.floor(Math.log2(scaled))
  const fraction = scaled / 2 ** exponent - 1
  return Math.max(0, Math.min(bucketCount - 1, exponent * subBuckets + Math.floor(fraction * subBuckets)))
}

/** `bits` is the value scaled by 2^(exponentBias + subBucketBits - shift). */
function bucketOfBits(bits: number, shift: number): number {
  const exponent = 31 - Math.clz32(bits) - subBucketBits
  return (exponent + shift) * subBuckets + ((bits >>> exponent) & (subBuckets - 1))
}

function upperBound(bucket: number): number {
  const exponent = bucket >> subBucketBits
  const fraction = ((bucket & (subBuckets - 1)) + 1) / subBuckets
  return (2 ** exponent * (1 + fraction)) / 2 ** exponentBias
}
