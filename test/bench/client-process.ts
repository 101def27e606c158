// One client in a process of its own: it empties one queue and says what that took.
import { answerParent } from './child.js'
import { clients } from './clients/clients.js'
import type { ClientRequest } from './measure.js'
import { Meter } from './meter.js'

answerParent(async (request) => {
  const { client, workload } = request as ClientRequest
  const start = await clients[client]()
  const meter = new Meter(workload)
  start(workload, meter)
  return await meter.finished
})
