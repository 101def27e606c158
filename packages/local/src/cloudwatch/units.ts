const BYTES = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes']
const BITS = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits']

/** CloudWatch's units; it stores them and converts none. */
export const UNITS: readonly string[] = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  ...BYTES,
  ...BITS,
  'Percent',
  'Count',
  ...[...BYTES, ...BITS].map((unit) => `${unit}/Second`),
  'Count/Second',
  'None',
]
