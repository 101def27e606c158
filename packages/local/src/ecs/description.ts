// How answers are written on the wire.

/** AWS JSON 1.1 carries instants as epoch seconds with a fraction. */
export function epochSeconds(ms: number): number {
  return Math.round(ms) / 1_000
}

/** AWS leaves members without a value out. */
export function withoutUndefined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
