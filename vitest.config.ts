import { defineConfig } from 'vitest/config'

/** Suites that start real processes or servers share two cores with everything else: they get time, not retries. */
export default defineConfig({
  test: {
    // Most suites wait on sockets, child processes and visibility timeouts: more of them than cores.
    maxWorkers: 4,
    maxConcurrency: 20,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Built packages are what users load: Node loads them as it does its own, nothing transforms them for each file again.
    server: { deps: { external: [/\/packages\/\w+\/dist\//] } },
    setupFiles: ['test/setup/no-real-aws.ts', 'test/setup/leak-guard.ts', 'test/setup/seed.ts'],
    reporters: process.env.CI ? ['dot'] : ['default'],
    projects: [
      // Nothing of ours keeps state in a module, so files of one package share a process: half the CPU of a process each.
      { extends: true, test: { name: 'core', isolate: false, include: ['packages/core/test/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'model', isolate: false, include: ['packages/model/test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'local', isolate: false, include: ['packages/local/test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'scaler', isolate: false, include: ['packages/scaler/test/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'cli',
          isolate: false,
          include: ['packages/cli/test/**/*.test.ts'],
          // A test may start three commands one after another, which a busy machine gives a twentieth of itself.
          testTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'cdk',
          isolate: false,
          include: ['packages/cdk/test/**/*.test.ts'],
          // The CDK's own check of templates takes 3 s of CPU to get ready: `npm run test:strangers` makes it.
          env: { CDK_VALIDATION: 'false' },
        },
      },
      { extends: true, test: { name: 'workspace', include: ['test/**/*.test.ts'] } },
    ],
  },
})
