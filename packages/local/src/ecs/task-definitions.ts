import type { AccountContext } from '../server/service.js'
import { ecsArn, pathOf } from './arn.js'
import { mergeTags } from './tags.js'
import type { Tag } from './tags.js'
import { checkTaskDefinition, compatibilitiesOf } from './task-definition-rules.js'
import type { TaskDefinition, TaskDefinitionContent } from './task-definition.js'

export type TaskDefinitionStatus = 'ACTIVE' | 'INACTIVE'

/** The task definitions of one account, by family and revision. Revisions are never used twice. */
export class TaskDefinitions {
  readonly #account: AccountContext
  readonly #families = new Map<string, TaskDefinition[]>()

  constructor(account: AccountContext) {
    this.#account = account
  }

  register(content: TaskDefinitionContent, tags: readonly Tag[]): TaskDefinition {
    checkTaskDefinition(content)
    const revisions = this.#families.get(content.family) ?? []
    const revision = revisions.length + 1
    const definition: TaskDefinition = {
      arn: ecsArn(this.#account, 'task-definition', `${content.family}:${revision}`),
      revision,
      content,
      compatibilities: compatibilitiesOf(content),
      registeredAtMs: this.#account.controlClock.now(),
      deregisteredAtMs: undefined,
      tags: mergeTags([], tags),
    }
    revisions.push(definition)
    this.#families.set(content.family, revisions)
    return definition
  }

  /** What `family`, `family:revision` or an ARN means; a family alone means its newest active revision. */
  find(reference: string): TaskDefinition | undefined {
    const path = pathOf(this.#account, 'task-definition', reference)
    if (path === undefined) return undefined
    const [family = '', revision] = path.split(':')
    const revisions = this.#families.get(family) ?? []
    if (revision === undefined) return revisions.findLast((definition) => statusOf(definition) === 'ACTIVE')
    return revisions.find((definition) => String(definition.revision) === revision)
  }

  /** It can start no new task by request; services that use it keep it, and its tasks keep running. */
  deregister(definition: TaskDefinition): void {
    definition.deregisteredAtMs ??= this.#account.controlClock.now()
  }

  /** By family, then by revision. */
  list(status: TaskDefinitionStatus, family?: string): readonly TaskDefinition[] {
    return [...this.#families.keys()]
      .filter((name) => family === undefined || name === family)
      .sort()
      .flatMap((name) => this.#families.get(name) ?? [])
      .filter((definition) => statusOf(definition) === status)
  }
}

export function statusOf(definition: TaskDefinition): TaskDefinitionStatus {
  return definition.deregisteredAtMs === undefined ? 'ACTIVE' : 'INACTIVE'
}
