// The task protection endpoint of the ECS agent, over real HTTP on loopback: what it was asked, and answers as given.
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

const TASK_ARN = 'arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d5d8e4f258373e7b93ce9a3c3'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: unknown
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** Undefined: the agent never answers. */
export type Answering = (asked: Asked, call: number) => Answer | undefined

/** The agent's answers, letter for letter: the documentation of the endpoint, and amazon-ecs-agent's handlers. */
export const golden = {
  protected: json(200, {
    protection: { ExpirationDate: '2026-01-01T02:00:00Z', ProtectionEnabled: true, TaskArn: TASK_ARN },
  }),
  unprotected: json(200, {
    protection: { ExpirationDate: null, ProtectionEnabled: false, TaskArn: TASK_ARN },
  }),
  blocked: json(200, {
    failure: { Arn: TASK_ARN, Detail: null, Reason: 'DEPLOYMENT_BLOCKED' },
  }),
  notValid: json(200, {
    failure: { Arn: TASK_ARN, Detail: null, Reason: 'TASK_NOT_VALID' },
  }),
  throttled: json(400, {
    requestID: '12345-abc-6789-0123-abc',
    error: { Arn: TASK_ARN, Code: 'ThrottlingException', Message: 'Rate exceeded' },
  }),
  denied: json(400, {
    requestID: 'b597cd2f-3f4b-4b4c-8b2f-9d5c1a2b3c4d',
    error: {
      Arn: TASK_ARN,
      Code: 'AccessDeniedException',
      Message:
        'User: arn:aws:sts::444455556666:assumed-role/my-ecs-task-role/1234567890abcd is not authorized',
    },
  }),
  timedOut: json(504, {
    error: { Arn: TASK_ARN, Code: 'RequestCanceled', Message: 'Timed out calling ECS Task Protection API' },
  }),
  failedInside: json(500, {
    requestID: '12345-abc-6789-0123-abc',
    error: { Arn: TASK_ARN, Code: 'ServerException', Message: 'An internal error occurred' },
  }),
  tooMany: { status: 429, text: 'You have reached maximum request limit.' },
  noEndpoint: { status: 404, text: '404 page not found\n' },
} as const

function json(status: number, body: object): Answer {
  return { status, text: JSON.stringify(body) }
}

/** Does what it is asked. */
export const granting: Answering = ({ body }) =>
  (body as { ProtectionEnabled: boolean }).ProtectionEnabled ? golden.protected : golden.unprotected

export interface Agent {
  readonly uri: string
  readonly asked: Asked[]
  /** The most calls under way at one time. */
  readonly peak: number
  answering: Answering
  /** Calls wait for their answer until it is let go. */
  holdBack(): () => void
}

export async function serveAgent(answering: Answering = granting): Promise<Agent> {
  const asked: Asked[] = []
  let open = 0
  let peak = 0
  let gate: Promise<void> | undefined
  const agent = { answering }
  const answer = async (response: ServerResponse, request: Asked): Promise<void> => {
    const given = agent.answering(request, asked.length)
    await gate
    open -= 1
    if (given === undefined) return
    response.writeHead(given.status, { 'Content-Type': 'application/json' }).end(given.text)
  }
  const server = createServer((request, response) => {
    open += 1
    peak = Math.max(peak, open)
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (text += chunk))
    request.on('end', () => {
      const { method = '', url: path = '' } = request
      const one = { method, path, body: text === '' ? undefined : (JSON.parse(text) as unknown) }
      asked.push(one)
      void answer(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/abc`,
    asked,
    get peak() {
      return peak
    },
    get answering() {
      return agent.answering
    },
    set answering(next) {
      agent.answering = next
    },
    holdBack: () => {
      let letGo = (): void => {}
      gate = new Promise((resolve) => {
        letGo = resolve
      })
      return () => {
        gate = undefined
        letGo()
      }
    },
  }
}

const PATIENCE_MS = 30_000

/** Lets real I/O happen until it is so. Virtual time stands still meanwhile. */
export async function eventually(isSo: () => boolean): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS
  while (!isSo()) {
    if (performance.now() > deadlineMs) throw new Error(`Never so: ${isSo.toString()}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
