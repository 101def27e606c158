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

/** One of a scaler's events, with its name. */
export type NamedEvent = {
  readonly [Name in keyof ScalerEvents]: { readonly name: Name } & ScalerEvents[Name]
}[keyof ScalerEvents]

/** What an event is called in a log. */
const LOGGED_AS: Readonly<Record<keyof ScalerEvents, string>> = {
  'decision:published': 'published',
  'decision:held': 'held',
  'publish:failed': 'failed',
  'capacity:set': 'set',
  'capacity:failed': 'notSet',
}

/** An event as a record for a log of JSON lines: when, of which service, what was decided and from which inputs. */
export function eventRecord(
  { cluster, service }: { readonly cluster: string; readonly service: string },
  event: NamedEvent,
): Readonly<Record<string, unknown>> {
  const { name, atMs, decision } = event
  const error = 'error' in event ? { error: event.error.message } : {}
  const capacity = 'capacity' in event ? { capacity: event.capacity } : {}
  const at = new Date(atMs).toISOString()
  return { at, event: LOGGED_AS[name], cluster, service, decision, ...capacity, ...error }
}

/** Listeners by event name. */
export interface Emitter {
  on<Name extends keyof ScalerEvents>(name: Name, listener: Listener<Name>): () => void
  onAny(listener: (event: NamedEvent) => void): () => void
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
  const all = new Set<(event: NamedEvent) => void>()
  return {
    onAny(listener) {
      all.add(listener)
      return () => void all.delete(listener)
    },
    on(name, listener) {
      listeners[name].add(listener)
      return () => void listeners[name].delete(listener)
    },
    emit(name, event) {
      const ofAll = Array.from(all, (listener) => () => listener({ name, ...event } as NamedEvent))
      const ofThis = Array.from(listeners[name], (listener) => () => listener(event))
      for (const tell of [...ofThis, ...ofAll]) {
        try {
          tell()
        } catch (error) {
          process.emitWarning(`A listener of ${name} threw: ${String(error)}`, { code: 'LONGSHORE_LISTENER' })
        }
      }
    },
  }
}
