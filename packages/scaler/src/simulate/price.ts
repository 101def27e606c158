/** What a task costs. */
export interface TaskSize {
  /** Defaults: 1 vCPU and 2 GB, on x86. */
  readonly vcpu: number
  readonly memoryGb: number
  readonly arm: boolean
}

/** Where {@link PRICES} come from, and of when they are. */
export const PRICE_SOURCE =
  'AWS Fargate on demand, Linux, us-east-1, as published in 2026 (https://aws.amazon.com/fargate/pricing/)'

/** US dollars an hour. */
export const PRICES = {
  x86: { vcpu: 0.04048, memoryGb: 0.004445 },
  arm: { vcpu: 0.03238, memoryGb: 0.00356 },
} as const

/** US dollars for an hour of one task. */
export function taskHourPrice({ vcpu, memoryGb, arm }: TaskSize): number {
  const price = arm ? PRICES.arm : PRICES.x86
  return vcpu * price.vcpu + memoryGb * price.memoryGb
}
