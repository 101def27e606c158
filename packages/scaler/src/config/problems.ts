import { optionProblems, problemAt } from '@longshore/core/option-problems'
import type { OptionProblem } from '@longshore/core/option-problems'
import { brokenRules } from './rules.js'
import { serviceSchema } from './schema.js'

/** All that is wrong with `config`, each problem naming the option, what it should be, what it is, and what was meant. */
export function configProblems(config: unknown): OptionProblem[] {
  const ofRules = brokenRules(config).map(({ path, expected }) => problemAt(config, path, expected))
  return [...optionProblems(serviceSchema, config), ...ofRules]
}
