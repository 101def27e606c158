import type { TaskDefinition } from './task-definition.js'

/** What a task reserves. */
export interface TaskSize {
  /** 1,024 are one vCPU; undefined where nothing is said. */
  readonly cpuUnits: number | undefined
  readonly memoryMib: number | undefined
}

/** The size stated for the task as a whole. */
export function statedTaskSize({ content }: TaskDefinition): TaskSize {
  return {
    cpuUnits: amount(content.cpu, { suffix: 'vcpu', factor: 1_024 }),
    memoryMib: amount(content.memory, { suffix: 'gb', factor: 1_024 }),
  }
}

/**
 * What a task reserves: its stated size, else what its containers ask for, with their soft memory limit before the hard
 * one. Source: ECS developer guide, "service utilization metrics".
 */
export function reservedTaskSize(definition: TaskDefinition): TaskSize {
  const stated = statedTaskSize(definition)
  const { containers } = definition.content
  const cpuUnits = sum(containers.map(({ cpu }) => cpu))
  const memoryMib = sum(containers.map(({ memory, memoryReservation }) => memoryReservation ?? memory ?? 0))
  return {
    cpuUnits: stated.cpuUnits ?? (cpuUnits > 0 ? cpuUnits : undefined),
    memoryMib: stated.memoryMib ?? (memoryMib > 0 ? memoryMib : undefined),
  }
}

/** ECS takes `256`, `.25 vCPU`, `512` and `0.5 GB`. */
function amount(
  text: string | undefined,
  unit: { readonly suffix: string; readonly factor: number },
): number | undefined {
  if (text === undefined) return undefined
  const [, digits, suffix = ''] = /^\s*(\d*\.?\d+)\s*([a-z]*)\s*$/i.exec(text) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * (suffix.toLowerCase() === unit.suffix ? unit.factor : 1)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
