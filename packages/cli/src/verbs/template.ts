import type { Service } from '@longshore/scaler'
import type { Command } from 'commander'
import { Option } from 'commander'
import { toAccount, toRegion } from '../arguments.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import { writeJson, writeLine } from '../io.js'
import { placeOf } from '../place.js'
import type { GlobalOptions, Session } from '../session.js'

const EXAMPLES = `
Writes YAML, or JSON with --json, to stdout; calls nothing. CloudFormation: the scalable targets, policies, alarms and
scheduled actions that \`apply\` would make, to deploy with a stack instead. KEDA: a ScaledObject and a TriggerAuthentication
for each service, for EKS; it needs --account and a region for the queue's URL. What could not be carried over goes to stderr.

Examples:
  $ longshore template > scaling.yaml
  $ longshore template --json | aws cloudformation deploy --template-file /dev/stdin --stack-name scaling
  $ longshore template --format keda --account 123456789012 --region eu-west-1 | kubectl apply -f -`

const FORMATS = ['cloudformation', 'keda'] as const

interface TemplateOptions extends GlobalOptions {
  readonly format: (typeof FORMATS)[number]
  readonly account?: string
  readonly region?: string
}

interface Rendered {
  readonly documents: readonly unknown[]
  readonly notes: readonly string[]
}

/** `longshore template`: the plan for other hands. */
export function addTemplate(program: Command, session: Session): void {
  program
    .command('template')
    .description('write the plan as a CloudFormation template, or as KEDA resources')
    .addOption(new Option('--format <format>', 'what to write').choices(FORMATS).default('cloudformation'))
    .option('--account <id>', 'twelve digits, the account of the queues (KEDA)', toAccount)
    .option('--region <region>', 'the region of the queues (KEDA)', toRegion)
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) =>
      session.end(await template(command.optsWithGlobals(), session)),
    )
}

async function template(options: TemplateOptions, { io }: Session): Promise<ExitCode> {
  const { loadServices, planFor, templateOf } = await import('../scaling.js')
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const { documents, notes } =
    options.format === 'keda'
      ? await kedaDocuments(services, options, io.env)
      : { documents: [templateOf(services.map(planFor))], notes: [] }
  if (options.json) for (const document of documents) writeJson(io.stdout, document)
  else {
    const { stringify } = await import('yaml')
    io.stdout.write(documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n'))
  }
  for (const note of notes) writeLine(io.stderr, `note: ${note}`)
  return EXIT.ok
}

async function kedaDocuments(
  services: readonly Service[],
  options: TemplateOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Rendered> {
  const { kedaOf, planFor } = await import('../scaling.js')
  const rendered = services.map((service) =>
    kedaOf(service, planFor(service), placeOf(service, options, env)),
  )
  return {
    documents: rendered.flatMap(({ documents }) => documents),
    notes: [...new Set(rendered.flatMap(({ notes }) => notes))],
  }
}
