/** What names belong to: part of every ARN. */
export interface ArnScope {
  readonly accountId: string
  readonly region: string
}

export type EcsResource =
  | 'capacity-provider'
  | 'cluster'
  | 'container'
  | 'container-instance'
  | 'service'
  | 'task'
  | 'task-definition'

/** An ECS ARN in the long form: services and tasks name their cluster (`task/media/0a1b…`). */
export function ecsArn(scope: ArnScope, resource: EcsResource, path: string): string {
  return `arn:aws:ecs:${scope.region}:${scope.accountId}:${resource}/${path}`
}

/**
 * The path of `reference` (`media/0a1b…`) when it is an ARN of that resource in this account and region,
 * `reference` itself when it is no ARN at all, undefined when it is an ARN of something else.
 */
export function pathOf(scope: ArnScope, resource: EcsResource, reference: string): string | undefined {
  if (!reference.startsWith('arn:')) return reference
  const prefix = ecsArn(scope, resource, '')
  return reference.startsWith(prefix) ? reference.slice(prefix.length) : undefined
}

/** The resource that an ARN of this account and region names, with its path; undefined for any other text. */
export function parseEcsArn(
  scope: ArnScope,
  arn: string,
): { readonly resource: string; readonly path: string } | undefined {
  const prefix = `arn:aws:ecs:${scope.region}:${scope.accountId}:`
  if (!arn.startsWith(prefix)) return undefined
  const [resource = '', ...path] = arn.slice(prefix.length).split('/')
  return { resource, path: path.join('/') }
}

/** The last part of an ARN or path: a service's name, a task's id. */
export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
