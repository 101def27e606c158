import type { CapacityDecision } from './decide/capacity.js'
import type { HoldDecision, PublishDecision } from './decide/decide.js'

/** What a {@link Scaler} tells: one event for each decision, with the inputs it was made from. */
export interface ScalerEvents {
  /** A beat's value reached CloudWatch. */
  'decision:published': { readonly atMs: number; readonly decision: PublishDecision }
  /** A reading is missing and nothing was published. Once when it begins, and again only when the cause changes. */
  'decision:held': { readonly atMs: number; readonly decision: HoldDecision }
  /** A controller has set the service's size, or the least size that it may have. */
  'capacity:set': {
    readonly atMs: number
    readonly decision: PublishDecision
    readonly capacity: Extract<CapacityDecision, { kind: 'set' }>
  }
  /** A controller could not read the scalable target, or set a size; the next beat tries with fresh readings. */
  'capacity:failed': { readonly atMs: number; readonly decision: PublishDecision; readonly error: Error }
  /** A beat's value could not be published; the next beat tries with fresh readings. */
  'publish:failed': { readonly atMs: number; readonly decision: PublishDecision; readonly error: Error }
}

/** Takes one kind of event. */
export type Listener<Name extends keyof ScalerEvents> = (event: ScalerEvents[Name]) => void

/** Listeners by event name. */
export interface Emitter {
  on<Name extends keyof ScalerEvents>(name: Name, listener: Listener<Name>): () => void
  emit<Name extends keyof ScalerEvents>(name: Name, event: ScalerEvents[Name]): void
}

/** Creates an {@link Emitter}. A listener that throws is warned about, and neither breaks the beat nor the others. */
export function createEmitter(): Emitter {
  const listeners: { [Name in keyof ScalerEvents]: Set<Listener<Name>> } = {
    'decision:published': new Set(),
    'decision:held': new Set(),
    'publish:failed': new Set(),
    'capacity:set': new Set(),
    'capacity:failed': new Set(),
  }
  return {
    on(name, listener) {
      listeners[name].add(listener)
      return () => void listeners[name].delete(listener)
    },
    emit(name, event) {
      for (const listener of listeners[name]) {
        try {
          listener(event)
        } catch (error) {
          process.emitWarning(`A listener of ${name} threw: ${String(error)}`, { code: 'LONGSHORE_LISTENER' })
        }
      }
    },
  }
}
