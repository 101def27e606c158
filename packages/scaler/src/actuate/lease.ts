/**
 * One leader among several: who holds the lease publishes and acts, the others only look on, so that they know enough to
 * take over. A scaler asks before each beat acts.
 */
export interface Lease {
  /**
   * Takes the lease, or extends it; false while somebody else has it. What it throws counts as false: who cannot know
   * does nothing.
   */
  hold(signal?: AbortSignal): Promise<boolean>
  /** Gives it up, so that another takes over at once; a lease that is not held stays as it is. */
  release(): Promise<void>
}
