import { expect, it } from 'vitest'

import type { PredictiveScalingPolicy } from '../../src/index.js'
import { predictivePolicyProblem } from '../../src/index.js'
import { readGolden } from '../golden/read-golden.js'

const { policies } = readGolden('predictive-policies.json') as {
  readonly policies: readonly {
    readonly name: string
    readonly policy: PredictiveScalingPolicy
    readonly problem: string | null
  }[]
}

it.each(policies)('a predictive policy with $name', ({ policy, problem }) => {
  expect(predictivePolicyProblem(policy) ?? null).toBe(problem)
})
