// Holds sources to the table of the house. Pure itself, so that the tests can show it each kind of violation.
import { isBuiltin } from 'node:module'
import { cyclesIn, edgesOf, reachableFrom, type Edge } from './graph.js'
import { CLOCK, HOUSE, IMPURE, UNREACHABLE, type Place } from './house.js'
import { lineAt, readCode } from './read-code.js'

/** Sources by their path from the root, and the public entries of our packages (`@longshore/core/time`). */
export interface Sources {
  readonly files: ReadonlyMap<string, string>
  readonly entries: readonly string[]
}

/** Every violation as one line: file, line, what it does, the rule, the way out. */
export function checkImports(sources: Sources): string[] {
  const edges = edgesOf(sources.files)
  return [
    ...edges.flatMap((each) => checkEdge(each, sources)),
    ...checkApart(edges),
    ...checkClock(sources),
    ...checkPurity(sources, edges),
    ...checkUnreachable(edges),
    ...checkCycles(edges),
  ].sort()
}

function checkEdge(each: Edge, sources: Sources): string[] {
  const [folder, place] = placeOf(each.from)
  const wrong = (rule: string): string[] => [`${each.from}:${each.line} imports ${each.specifier}: ${rule}`]
  if (each.to !== undefined) return checkRelative({ ...each, to: each.to }, wrong)
  if (isOurs(each.specifier)) return checkOurs(each, sources, wrong)
  if (each.specifier.startsWith('@aws-sdk/')) return checkSdk(each, wrong)
  if (!place.libraries) {
    return wrong(
      `${folder} imports nothing but its own files. Take the result of what you need as an argument.`,
    )
  }
  return []
}

type Wrong = (rule: string) => string[]

function checkRelative(each: Edge & { to: string }, wrong: Wrong): string[] {
  if (each.to.startsWith(homeOf(each.from)) || areBothTests(each.from, each.to)) return []
  return wrong(
    /^(test|examples)\//.test(each.to)
      ? 'nothing imports from examples or test. Move what is shared into the package that owns the idea.'
      : `files of another package are its own business. Import its public entry by the package's name.`,
  )
}

/** The house's apart rule: what a room reaches beside the rooms must not lead into a sibling. */
function checkApart(edges: readonly Edge[]): string[] {
  return Object.entries(HOUSE).flatMap(([folder, { apart }]) => {
    if (apart === undefined) return []
    const roomOf = (path: string): string | undefined =>
      apart.rooms.find((room) => path.startsWith(`${folder}/${room}/`))
    const kept = edges.filter(({ to, isTypeOnly }) => !(to && roomOf(to) === apart.port && isTypeOnly))
    // A room's own imports are judged at the room: the walk from it goes on only through files beside the rooms.
    const beside = kept.filter(({ from }) => roomOf(from) === undefined)
    return kept.flatMap(({ from, to, line, specifier }) => {
      const room = roomOf(from)
      if (room === undefined || to === undefined) return []
      const sibling = [...reachableFrom([to], beside).keys()]
        .map(roomOf)
        .find((each) => each !== undefined && each !== room)
      if (sibling === undefined) return []
      const how =
        roomOf(to) === undefined
          ? `reaches its sibling ${sibling}/ through it`
          : `never imports its sibling ${sibling}/`
      return [
        `${from}:${line} imports ${specifier}: ${room}/ ${how}. Take a function as an argument and let worker.ts hand it over; types of the port are free (import type from ../${apart.port}/).`,
      ]
    })
  })
}

function checkOurs({ specifier, isTypeOnly, from }: Edge, { entries }: Sources, wrong: Wrong): string[] {
  const [folder, { ours }] = placeOf(from)
  if (!entries.includes(specifier)) {
    return wrong(`it is no public entry. The entries are ${entries.join(', ')}.`)
  }
  if (ours.includes('*') || ours.includes(specifier)) return []
  if (ours.includes(`type ${specifier}`)) {
    return isTypeOnly ? [] : wrong(`${folder} takes only types from it. Write import type.`)
  }
  return wrong(
    `${folder} may import ${list(ours)} of ours. Turn the arrow round, or take what you need as an argument.`,
  )
}

function checkSdk({ specifier, from }: Edge, wrong: Wrong): string[] {
  const [folder, { sdk }] = placeOf(from)
  const allowed = Object.entries(sdk)
  if (allowed.some(([room, clients]) => from.startsWith(`${folder}/${room}`) && clients.includes(specifier)))
    return []
  if (allowed.length === 0)
    return wrong(`${folder} uses no AWS SDK. Leave the call to the package that does.`)
  return wrong(
    allowed.map(([room, clients]) => `${folder}/${room} alone talks to AWS, by ${list(clients)}. `).join('') +
      'Ask its port instead.',
  )
}

// Reading the clock anywhere else would escape a manual clock in tests and an accelerated one in the local AWS.
function checkClock({ files }: Sources): string[] {
  return [...files]
    .filter(([path]) => /^packages\/[^/]+\/src\//.test(path) && path !== CLOCK)
    .flatMap(([path, text]) =>
      says(readCode(text).text, /(?<![.\w$])Date\.now\b/g).map(
        ({ line }) =>
          `${path}:${line} says Date.now: only ${CLOCK} reads the machine's clock. Take a Clock as an argument.`,
      ),
    )
}

function checkPurity({ files }: Sources, edges: readonly Edge[]): string[] {
  const pureFiles = [...files.keys()].filter((path) => {
    const [folder, place] = placeOf(path)
    return place.pure.some((room) => path.startsWith(`${folder}/${room}`))
  })
  const origins = reachableFrom(
    pureFiles,
    edges.filter(({ isTypeOnly }) => !isTypeOnly),
  )
  return [...origins].flatMap(([path, origin]) => {
    const code = readCode(files.get(path) ?? '').text
    const whose = path === origin ? 'this room is pure' : `${origin} reaches it and is pure`
    const builtins = edges
      .filter(({ from, specifier, isTypeOnly }) => from === path && isBuiltin(specifier) && !isTypeOnly)
      // Where no library is allowed, each of them has been named already.
      .filter(() => placeOf(path)[1].libraries)
      .map(
        ({ line, specifier }) =>
          `${path}:${line} imports ${specifier}: ${whose}. Take what was read as an argument.`,
      )
    const words = IMPURE.flatMap(({ says: pattern, instead }) =>
      says(code, pattern).map(
        ({ line, word }) => `${path}:${line} says ${word}: ${whose}. Instead, ${instead}.`,
      ),
    )
    return builtins.concat(words)
  })
}

function checkUnreachable(edges: readonly Edge[]): string[] {
  return UNREACHABLE.flatMap(({ from, room }) =>
    [...reachableFrom([from], edges).keys()]
      .filter((path) => path.startsWith(room))
      .map(
        (path) =>
          `${path} is reachable from ${from}: ${room} has its own subpath export and stays out of services.`,
      ),
  )
}

// Types may mention each other; only what is left after compiling makes one file wait for the other.
function checkCycles(edges: readonly Edge[]): string[] {
  return cyclesIn(edges.filter(({ isTypeOnly }) => !isTypeOnly)).map(
    (cycle) => `${cycle.join(' → ')}: an import cycle. Move what both need into a file of its own.`,
  )
}

function says(code: string, pattern: RegExp): { line: number; word: string }[] {
  return [...code.matchAll(pattern)].map(({ 0: word, index }) => ({
    line: lineAt(code, index),
    word: word.trim(),
  }))
}

function placeOf(path: string): readonly [string, Place] {
  const folder = Object.keys(HOUSE)
    .filter((each) => path.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length)[0]
  const place = folder === undefined ? undefined : HOUSE[folder]
  if (folder === undefined || place === undefined) throw new Error(`${path} is in no place of the house`)
  return [folder, place]
}

/** The folder that a file's relative imports may not leave: a package's src, a whole package for its tests, an example, test. */
function homeOf(path: string): string {
  const [room = '', name = '', part = ''] = path.split('/')
  if (room === 'test') return 'test/'
  return room === 'packages' && part === 'src' ? `packages/${name}/src/` : `${room}/${name}/`
}

/** Golden tables lie with the package whose rules they are; the tests of another that follows the same rules may read them. */
const areBothTests = (from: string, to: string): boolean =>
  [from, to].every((path) => /^packages\/[^/]+\/test\//.test(path))

const isOurs = (specifier: string): boolean => /^(@longshore\/|longshore(\/|$))/.test(specifier)

const list = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '))
