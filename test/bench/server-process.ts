// @longshore/local in a process of its own, which counts the calls that it gets.
import { startLocalAws } from '@longshore/local'
import { answerParent } from './child.js'
import type { ServerAnswers, ServerRequest } from './server.js'

const calls: Record<string, number> = {}
const starting = startLocalAws({
  onCall: ({ operation }) => void (calls[operation] = (calls[operation] ?? 0) + 1),
})

answerParent(async (asked): Promise<ServerAnswers[ServerRequest['ask']]> => {
  const request = asked as ServerRequest
  const aws = await starting
  if (request.ask === 'delay') {
    aws.faults.clear()
    if (request.delayMs > 0) aws.faults.add({ effect: 'slow', delay: `${request.delayMs}ms` })
    return null
  }
  if (request.ask === 'environment') return aws.environment
  return request.ask === 'calls' ? calls : memory()
})

function memory(): ServerAnswers['memory'] {
  globalThis.gc?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rssBytes: rss, heapBytes: heapUsed + external }
}
