// The most values of one metric that CloudWatch takes from one line:
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
export const MAX_VALUES = 100

// Each bucket is 2 % wider than the one before: no value is told more than 1 % off.
const GROWTH = 1.02
const LOG_GROWTH = Math.log(GROWTH)

/**
 * How values are distributed, in memory that does not grow with their number. Up to a hundred are kept as they are; more are
 * counted in buckets by their logarithm, from which a hundred are made up that have the same distribution.
 */
export class Distribution {
  readonly #buckets = new Map<number, number>()
  #values: number[] = []
  #count = 0
  #sum = 0
  #min = Infinity
  #max = 0

  get count(): number {
    return this.#count
  }

  get sum(): number {
    return this.#sum
  }

  /** Adds a value of 0 or more. */
  add(value: number): void {
    this.#count += 1
    this.#sum += value
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    if (this.#count <= MAX_VALUES) this.#values.push(value)
    const bucket = value < 1 ? 0 : Math.ceil(Math.log(value) / LOG_GROWTH)
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
  }

  /** At most a hundred values that stand for all: the least and the greatest, and what lies between at equal shares. */
  values(): readonly number[] {
    if (this.#count <= MAX_VALUES) return this.#values
    const buckets = [...this.#buckets].sort(([left], [right]) => left - right)
    const values: number[] = []
    let passed = 0
    for (const [bucket, count] of buckets) {
      passed += count
      while (values.length < MAX_VALUES && ((values.length + 0.5) / MAX_VALUES) * this.#count <= passed) {
        values.push(Math.min(Math.max(valueOf(bucket), this.#min), this.#max))
      }
    }
    values[0] = this.#min
    values[values.length - 1] = this.#max
    return values
  }

  /** Forgets all. */
  clear(): void {
    this.#buckets.clear()
    this.#values = []
    this.#count = 0
    this.#sum = 0
    this.#min = Infinity
    this.#max = 0
  }
}

/** The middle of a bucket. Values under 1 share one: of milliseconds, what is less does not matter. */
function valueOf(bucket: number): number {
  return bucket === 0 ? 0.5 : GROWTH ** (bucket - 0.5)
}
