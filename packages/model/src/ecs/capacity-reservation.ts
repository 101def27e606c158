/**
 * CapacityProviderReservation, by which ECS scales the instances of a capacity provider: those that its tasks need, in
 * percent of those that there are. Tasks that wait need as many instances of the usual size as they fill; 200 asks for
 * the first one, and 100 says that nothing is to be done.
 * Source: ECS developer guide, "cluster auto scaling"; how ECS packs waiting tasks is not published: largest first here.
 */

/** CPU units and MiB. */
export interface InstanceRoom {
  readonly cpu: number
  readonly memory: number
}

export interface ReservationReading {
  /** What each instance of the provider has. */
  readonly instances: readonly InstanceRoom[]
  /** How many of them have a task. */
  readonly occupied: number
  /** What each task that waits for room needs. */
  readonly waiting: readonly InstanceRoom[]
}

export function capacityProviderReservation({ instances, occupied, waiting }: ReservationReading): number {
  const [largest] = instances.toSorted((one, other) => other.memory - one.memory || other.cpu - one.cpu)
  if (largest === undefined) return waiting.length > 0 ? 200 : 100
  return (100 * (occupied + instancesFor(waiting, largest))) / instances.length
}

/** A task that fits no instance needs none: more of them would not help it. */
function instancesFor(tasks: readonly InstanceRoom[], size: InstanceRoom): number {
  const left: { cpu: number; memory: number }[] = []
  const largestFirst = tasks
    .filter((task) => fits(task, size))
    .toSorted((one, other) => other.memory - one.memory || other.cpu - one.cpu)
  for (const task of largestFirst) {
    let place = left.find((room) => fits(task, room))
    if (place === undefined) left.push((place = { ...size }))
    place.cpu -= task.cpu
    place.memory -= task.memory
  }
  return left.length
}

function fits(task: InstanceRoom, room: InstanceRoom): boolean {
  return task.cpu <= room.cpu && task.memory <= room.memory
}
