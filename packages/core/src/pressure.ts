/** How much of what it may have a task uses: shares, 0–1; undefined where nobody knows. */
export interface Pressure {
  /** Memory that cannot be taken back ÷ the memory that the task may have. */
  readonly memory?: number | undefined
  /** CPU time ÷ the task's quota of it. */
  readonly cpu?: number | undefined
}
