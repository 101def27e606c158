// SIGTERM is ECS's (unless the image sets STOPSIGNAL), SIGINT is Ctrl-C.
const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Calls `first` with the first stop signal and `second` with the second; from then on signals do what they do in any
 * process. The returned function takes the listeners away.
 */
export function onStopSignals(first: (signal: NodeJS.Signals) => void, second: () => void): () => void {
  let received = 0
  const listener = (signal: NodeJS.Signals): void => {
    received += 1
    if (received === 1) return first(signal)
    remove()
    second()
  }
  const remove = (): void => {
    for (const signal of STOP_SIGNALS) process.removeListener(signal, listener)
  }
  for (const signal of STOP_SIGNALS) process.on(signal, listener)
  return remove
}
