const TRACKING = /^TargetTracking-service\/[^/]+\/(.+)-Alarm(High|Low)-[0-9a-f-]{36}$/

/** Names of a policy's own alarms are long and say little: the service and what the alarm does say more. */
export function alarmName(name: string): string {
  const [, service, side] = TRACKING.exec(name) ?? []
  if (service === undefined) return name
  return `${service} · ${side === 'High' ? 'scale out' : 'scale in'}`
}

/** A service at rest has its scale-in alarm in ALARM: that is no trouble. */
export function isScaleIn(name: string): boolean {
  return TRACKING.exec(name)?.[2] === 'Low'
}
