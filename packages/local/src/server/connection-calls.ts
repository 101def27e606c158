import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The calls whose answers are not handed over yet, by connection; all of a connection's abort when it closes. Node
 * tells only the response being written of a closed connection, not those of pipelined calls behind it.
 */
export class ConnectionCalls {
  readonly #calls = new WeakMap<Socket, Set<AbortController>>()

  /** Notes a call; what comes back aborts when its caller goes before the answer has been handed over. */
  open(socket: Socket, response: ServerResponse): AbortController {
    const calls = this.#on(socket)
    const gone = new AbortController()
    calls.add(gone)
    response.on('finish', () => {
      // 'finish' also comes for writes that a destroyed socket has dropped: those callers are gone.
      if (!socket.destroyed) calls.delete(gone)
    })
    return gone
  }

  #on(socket: Socket): Set<AbortController> {
    const known = this.#calls.get(socket)
    if (known !== undefined) return known
    const calls = new Set<AbortController>()
    this.#calls.set(socket, calls)
    socket.once('close', () => {
      for (const call of calls) call.abort()
    })
    return calls
  }
}
