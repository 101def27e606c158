import { SCALABLE_DIMENSION, SERVICE_NAMESPACE } from './dimension.js'
import { validationError } from './errors.js'

/** The ECS service that is scaled. */
export interface ServiceResource {
  /** `service/<cluster>/<service>`. */
  readonly resourceId: string
  readonly cluster: string
  readonly service: string
}

/** Splits a resource id; AWS says no more of one in another form. */
export function readResource(resourceId: string): ServiceResource {
  const [, cluster, service] = /^service\/([^/]+)\/([^/]+)$/.exec(resourceId) ?? []
  if (cluster === undefined || service === undefined) {
    throw validationError(
      `Unsupported service namespace, resource type or scalable dimension: the resource ID of an ECS service is service/<cluster>/<service>, got ${resourceId}.`,
    )
  }
  return { resourceId, cluster, service }
}

/** What every answer says of a resource. */
export function writeResource(resourceId: string): Readonly<Record<string, string>> {
  return {
    ServiceNamespace: SERVICE_NAMESPACE,
    ResourceId: resourceId,
    ScalableDimension: SCALABLE_DIMENSION,
  }
}
