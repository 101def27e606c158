import type { CapacityDecision } from './decide/capacity.js'
import type { HoldDecision, PublishDecision } from './decide/decide.js'

/** How one beat ended. */
export type BeatResult =
  | {
      readonly outcome: 'published'
      readonly decision: PublishDecision
      /** What the controller did; undefined with other strategies, and where it failed. */
      readonly capacity: CapacityDecision | undefined
    }
  | { readonly outcome: 'held'; readonly decision: HoldDecision }
  | { readonly outcome: 'failed'; readonly decision: PublishDecision; readonly error: Error }
  /** Another scaler holds the lease. */
  | { readonly outcome: 'following'; readonly decision: PublishDecision }
  | { readonly outcome: 'stopped' }
