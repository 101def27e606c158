import type { Operations, WatchedName } from './operations.js'

/** Everything that the page can change, by the operation that does it. Nothing else can be called through it. */
const ACTIONS: readonly (readonly [WatchedName, string])[] = [
  ['sqs', 'SendMessage'],
  ['sqs', 'PurgeQueue'],
  ['sqs', 'StartMessageMoveTask'],
  ['ecs', 'UpdateService'],
  ['ecs', 'StopTask'],
  ['ecs', 'UpdateTaskProtection'],
]

/** The actions that exist on this server, as `service:Operation`: the page hides the others. */
export function featuresOf(operations: Operations): string[] {
  return ACTIONS.filter(([service, operation]) => operations.has(service, operation)).map(
    ([service, operation]) => `${service}:${operation}`,
  )
}

/** The service and operation of a feature; undefined for what the page never does. */
export function actionOf(feature: string): readonly [WatchedName, string] | undefined {
  return ACTIONS.find(([service, operation]) => `${service}:${operation}` === feature)
}
