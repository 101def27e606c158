import { plainAnswer } from '../server/answer.js'
import type { Answer } from '../server/answer.js'
import { LocalAwsError } from '../server/local-aws-error.js'
import type { PathRequest } from '../server/path-request.js'
import type { FaultOptions } from './fault-options.js'
import type { FaultBook } from './faults.js'

const PATH = /^\/_longshore\/faults(?:\/(\d+))?$/

/**
 * Faults for other processes: `POST /_longshore/faults` adds one, `GET` lists them, `DELETE` removes them all, and
 * `DELETE /_longshore/faults/ID` one. Undefined for other paths.
 */
export function serveFaults(request: PathRequest, faults: FaultBook): Promise<Answer> | Answer | undefined {
  const match = PATH.exec(request.path)
  if (match === null) return undefined
  const id = match[1] === undefined ? undefined : Number(match[1])
  if (request.method === 'DELETE') return remove(faults, id)
  if (id !== undefined) return plainAnswer(405, { message: 'A fault can be removed: DELETE.' })
  if (request.method === 'GET') return plainAnswer(200, { faults: faults.list() })
  if (request.method === 'POST') return add(request, faults)
  return plainAnswer(405, { message: 'Faults can be listed, added and removed: GET, POST, DELETE.' })
}

async function add(request: PathRequest, faults: FaultBook): Promise<Answer> {
  const body = await request.readBody()
  try {
    return plainAnswer(201, faults.add(JSON.parse(body.toString('utf8')) as FaultOptions))
  } catch (error) {
    if (error instanceof SyntaxError) return plainAnswer(400, { message: 'A fault must be a JSON object.' })
    if (!(error instanceof LocalAwsError)) throw error
    return plainAnswer(400, { code: error.code, message: error.message, problems: error.problems })
  }
}

function remove(faults: FaultBook, id: number | undefined): Answer {
  const removed = faults.list().filter((fault) => id === undefined || fault.id === id)
  if (id !== undefined && removed.length === 0)
    return plainAnswer(404, { message: `There is no fault ${id}.` })
  for (const fault of removed) fault.remove()
  return plainAnswer(200, { removed })
}
