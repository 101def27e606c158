/** The one thing that is scaled here: the desired count of an ECS service. */
export const SERVICE_NAMESPACE = 'ecs'
export const SCALABLE_DIMENSION = 'ecs:service:DesiredCount'
