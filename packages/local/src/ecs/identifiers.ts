/** `ecs-svc/` and nineteen digits, drawn from the account's random source. */
export function randomDeploymentId(random: () => number): string {
  let digits = String(1 + Math.floor(random() * 9))
  while (digits.length < 19) digits += Math.floor(random() * 10)
  return `ecs-svc/${digits}`
}
