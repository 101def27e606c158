// Identifiers as ECS writes them, drawn from the account's random source so that a run can be repeated.

/** `length` hexadecimal digits; a task's id has 32. */
export function randomHex(random: () => number, length: number): string {
  let digits = ''
  while (digits.length < length) digits += Math.floor(random() * 16).toString(16)
  return digits
}

/** The form of a container's or an event's id. */
export function randomUuid(random: () => number): string {
  const hex = randomHex(random, 32)
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ]
  return parts.join('-')
}

/** `ecs-svc/` and nineteen digits. */
export function randomDeploymentId(random: () => number): string {
  let digits = String(1 + Math.floor(random() * 9))
  while (digits.length < 19) digits += Math.floor(random() * 10)
  return `ecs-svc/${digits}`
}
