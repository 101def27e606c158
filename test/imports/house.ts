// The arrows of the house as one table: who may import whom, and which rooms are pure. The README's map says the same in prose.

/** A place is a folder; the longest one that holds a file decides. */
export interface Place {
  /** Our packages that it may import, by their public entries; `type X` allows types alone, `*` any of them. */
  readonly ours: readonly string[]
  /** Which AWS clients, and in which of its rooms (`''` is everywhere). */
  readonly sdk: Readonly<Record<string, readonly string[]>>
  /** Rooms without I/O, clock, environment or chance, nor anything that brings them in. */
  readonly pure: readonly string[]
  /** False: not even a library. */
  readonly libraries: boolean
  /**
   * Rooms that never reach a sibling: not by an import, nor through a file that lies beside the rooms. Files that compose
   * rooms are thereby out of every room's reach. The types of `port` are free.
   */
  readonly apart?: { readonly rooms: readonly string[]; readonly port: string }
}

const CLIENTS = ['sqs', 'cloudwatch', 'application-auto-scaling', 'ecs'].map(
  (name) => `@aws-sdk/client-${name}`,
)
// Those that core's optional entries stand on as well.
const EVERY_CLIENT = [...CLIENTS, '@aws-sdk/client-dynamodb', '@aws-sdk/client-s3']
const NO_SDK = {}
const PACKAGE = { pure: [], libraries: true }

export const HOUSE: Readonly<Record<string, Place>> = {
  'packages/core/src': {
    ...PACKAGE,
    ours: [],
    pure: ['adapt/', 'measure/'],
    sdk: {
      'queue/': ['@aws-sdk/client-sqs'],
      'idempotency/': ['@aws-sdk/client-dynamodb'],
      'large-payloads/': ['@aws-sdk/client-s3'],
    },
    apart: {
      rooms: [
        'receive',
        'admit',
        'adapt',
        'measure',
        'resources',
        'decode',
        'handle',
        'settle',
        'queue',
        'producer',
        'ecs',
        'health',
        'doctor',
        'redrive',
        'idempotency',
        'large-payloads',
        'telemetry',
        'testing',
      ],
      port: 'queue',
    },
  },
  'packages/model/src': { ours: [], sdk: NO_SDK, pure: [''], libraries: false },
  'packages/scaler/src': {
    ...PACKAGE,
    ours: [
      '@longshore/model',
      '@longshore/core/time',
      '@longshore/core/option-problems',
      '@longshore/core/capacity',
      '@longshore/core/health',
      'type @longshore/core',
    ],
    sdk: { 'aws/': EVERY_CLIENT },
    pure: ['decide/', 'plan/', 'simulate/', 'report/'],
  },
  'packages/local/src': {
    ...PACKAGE,
    ours: ['@longshore/model', '@longshore/core/time', '@longshore/core/option-problems'],
    sdk: NO_SDK,
  },
  'packages/cli/src': {
    ...PACKAGE,
    ours: [
      '@longshore/core',
      '@longshore/scaler',
      '@longshore/local',
      '@longshore/scaler/simulate',
      '@longshore/core/time',
      '@longshore/core/option-problems',
    ],
    sdk: NO_SDK,
  },
  'packages/cdk/src': {
    ...PACKAGE,
    ours: [
      '@longshore/scaler',
      '@longshore/scaler/lambda',
      '@longshore/core/time',
      '@longshore/core/option-problems',
    ],
    sdk: NO_SDK,
  },
  // The tests of a package, the examples and the tests that span packages: everything that is public, and every client.
  packages: { ...PACKAGE, ours: ['*'], sdk: { '': EVERY_CLIENT } },
  examples: { ...PACKAGE, ours: ['*'], sdk: { '': EVERY_CLIENT } },
  test: { ...PACKAGE, ours: ['*'], sdk: { '': EVERY_CLIENT } },
}

/** Never reachable from there: what needs an optional library, or is for users' tests, must not ride along in services. */
export const UNREACHABLE = [
  { from: 'packages/core/src/index.ts', room: 'packages/core/src/testing/' },
  { from: 'packages/core/src/index.ts', room: 'packages/core/src/idempotency/dynamodb' },
  { from: 'packages/core/src/index.ts', room: 'packages/core/src/large-payloads/' },
  { from: 'packages/core/src/index.ts', room: 'packages/core/src/telemetry/' },
] as const

/** The one file that reads the machine's clock. */
export const CLOCK = 'packages/core/src/clock.ts'

/** What a pure room never says, and what it takes instead. */
export const IMPURE: readonly { readonly says: RegExp; readonly instead: string }[] = [
  {
    says: /(?<![.\w$])(?:Date\.now|new Date\(\s*\)|performance\.)/g,
    instead: 'take the instant as an argument',
  },
  { says: /(?<![.\w$])(?:systemClock|scaledClock)\b/g, instead: 'take the instant as an argument' },
  {
    says: /(?<![.\w$])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/g,
    instead: 'return the delay and let the caller wait',
  },
  { says: /(?<![.\w$])process\./g, instead: 'take the value as an argument' },
  { says: /(?<![.\w$])Math\.random\b/g, instead: 'take the random number as an argument' },
  { says: /(?<![.\w$])fetch\s*\(/g, instead: 'take what was read as an argument' },
]
