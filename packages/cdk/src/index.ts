export { LongshoreScaling } from './scaling.js'
export type { LongshoreScalingProps } from './scaling.js'
