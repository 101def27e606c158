/**
 * A capacity provider strategy: how tasks are spread over capacity providers. The one with a base gets that many tasks
 * first; what comes after is spread by weight. Providers without weight take no more than their base.
 * Source: ECS API, CapacityProviderStrategyItem.
 */
export interface CapacityStrategyItem {
  readonly capacityProvider: string
  readonly weight: number
  readonly base: number
}

/** What ECS accepts (ECS API, CapacityProviderStrategyItem). */
export const STRATEGY_LIMITS = { items: 20, weight: 1_000, base: 100_000 } as const

/** Why ECS refuses a strategy; undefined for one that it accepts. */
export function capacityStrategyProblem(strategy: readonly CapacityStrategyItem[]): string | undefined {
  if (strategy.length === 0) return 'A capacity provider strategy must have at least one item.'
  if (strategy.length > STRATEGY_LIMITS.items) {
    return `A capacity provider strategy can have at most ${STRATEGY_LIMITS.items} items.`
  }
  for (const { capacityProvider, weight, base } of strategy) {
    if (weight < 0 || weight > STRATEGY_LIMITS.weight) {
      return `The weight of ${capacityProvider} must be between 0 and ${STRATEGY_LIMITS.weight}; got ${weight}.`
    }
    if (base < 0 || base > STRATEGY_LIMITS.base) {
      return `The base of ${capacityProvider} must be between 0 and ${STRATEGY_LIMITS.base}; got ${base}.`
    }
  }
  if (new Set(strategy.map((item) => item.capacityProvider)).size < strategy.length) {
    return 'A capacity provider strategy cannot name a capacity provider twice.'
  }
  if (strategy.filter(({ base }) => base > 0).length > 1) {
    return 'Only one capacity provider in a strategy can have a base.'
  }
  if (strategy.every(({ weight }) => weight === 0)) {
    return 'At least one capacity provider in a strategy must have a weight greater than zero.'
  }
  return undefined
}

/** The provider of the next task, given how many tasks each has; the earlier item of two that fit alike. */
export function nextCapacityProvider(
  strategy: readonly CapacityStrategyItem[],
  countOf: (capacityProvider: string) => number,
): string {
  const lacking = strategy.find(({ capacityProvider, base }) => countOf(capacityProvider) < base)
  if (lacking !== undefined) return lacking.capacityProvider
  const shares = strategy
    .filter(({ weight }) => weight > 0)
    .map(({ capacityProvider, weight, base }) => ({
      capacityProvider,
      // How far along its weight the provider would be with one task more.
      share: (countOf(capacityProvider) - base + 1) / weight,
    }))
  const [first, ...others] = shares
  if (first === undefined) throw new Error('A capacity provider strategy without weights chooses nothing.')
  return others.reduce((least, one) => (one.share < least.share ? one : least), first).capacityProvider
}
