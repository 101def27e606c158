/** Traffic that cannot be read. For the user: the message says what was expected and what was found. */
export class TrafficError extends Error {
  override readonly name = 'TrafficError'
  readonly code = 'TRAFFIC_INVALID'

  constructor(problem: string) {
    super(`Traffic: ${problem}.`)
  }
}
