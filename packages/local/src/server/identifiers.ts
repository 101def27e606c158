// Identifiers in the forms of AWS, drawn from the account's random source so that a run can be repeated.

/** `length` hexadecimal digits. */
export function randomHex(random: () => number, length: number): string {
  return Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('')
}

/** A version 4 UUID. */
export function randomUuid(random: () => number): string {
  const hex = randomHex(random, 30)
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(12, 15)}`,
    `a${hex.slice(15, 18)}`,
    hex.slice(18),
  ]
  return parts.join('-')
}
