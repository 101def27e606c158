import type { Service } from '../config/service.js'

/** Policies and scheduled actions have no tags: this prefix marks them as ours. On a service, a name is unique. */
export const OWN_PREFIX = 'longshore-'

/** The policy that follows the published backlog per task, or metric math in its place. */
export const POLICY_NAME = 'longshore-backlog-per-task'

/** The policies that follow the queue, by whichever strategy. */
export const QUEUE_POLICIES: readonly string[] = [POLICY_NAME, `${OWN_PREFIX}deficit`, `${OWN_PREFIX}surplus`]

/** The policy that adds tasks while nothing is published. */
export const FALLBACK_POLICY: string = `${OWN_PREFIX}fallback`

/** The tag that marks scalable targets and alarms as ours. Its value is `<cluster>/<service>`. */
export const OWN_TAG = 'longshore:service'

/** `service/<cluster>/<service>`. */
export function resourceIdOf({ cluster, service }: Pick<Service, 'cluster' | 'service'>): string {
  return `service/${cluster}/${service}`
}

/** What the names of a service's alarms begin with. Neither name has a slash, so no service's prefix begins another's. */
export function alarmPrefixOf({ cluster, service }: Pick<Service, 'cluster' | 'service'>): string {
  return `longshore/${cluster}/${service}/`
}

/** The tags of a service's scalable target and alarms. */
export function tagsOf({
  cluster,
  service,
}: Pick<Service, 'cluster' | 'service'>): Readonly<Record<string, string>> {
  return { [OWN_TAG]: `${cluster}/${service}` }
}
