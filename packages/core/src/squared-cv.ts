/** The squared coefficient of variation, from the mean and the mean of the squares. */
export function squaredCvOf(mean: number, square: number): number {
  return mean === 0 ? 0 : Math.max(0, square / mean ** 2 - 1)
}
