const NAME = /TargetTracking-service\/[^/]+\/([\w-]+?)-Alarm(High|Low)-[0-9a-f-]{36}/
const TRACKING = new RegExp(`^${NAME.source}$`)

/** Names of a policy's own alarms are long and say little: the service and what the alarm does say more. */
export function alarmName(name: string): string {
  return name.replace(TRACKING, shortName)
}

/** A text with such names in it, shortened. */
export function withAlarmNames(text: string): string {
  return text.replace(NAME, shortName)
}

function shortName(_name: string, service: string, side: string): string {
  return `${service} · ${side === 'High' ? 'scale out' : 'scale in'}`
}

/** A service at rest has its scale-in alarm in ALARM: that is no trouble. */
export function isScaleIn(name: string): boolean {
  return TRACKING.exec(name)?.[2] === 'Low'
}
