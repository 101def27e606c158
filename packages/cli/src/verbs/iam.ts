import type { PolicyDocument, Role, Service } from '@longshore/scaler'
import type { Command } from 'commander'
import { Option } from 'commander'
import { toAccount, toRegion, toTexts } from '../arguments.js'
import { EXIT } from '../exit.js'
import type { ExitCode } from '../exit.js'
import type { Io } from '../io.js'
import { writeJson, writeLine } from '../io.js'
import { placeOf } from '../place.js'
import type { GlobalOptions, Session } from '../session.js'
import { createStyle } from '../style.js'

const EXAMPLES = `
The least that each role needs, with resources and conditions; calls nothing. worker: the tasks. publisher: what publishes
the metrics. controller: the loop of the strategy of that name. deployer: who plans, applies, destroys and looks. With
--role the policies of all services are one document, as IAM takes it.

Examples:
  $ longshore iam --account 123456789012
  $ longshore iam --account 123456789012 --role worker --dead-letters thumbnails-dead > worker-policy.json
  $ aws iam put-role-policy --role-name publisher --policy-name longshore \\
      --policy-document "$(longshore iam --account 123456789012 --role publisher)"`

const ROLES = ['worker', 'publisher', 'controller', 'deployer'] as const satisfies readonly Role[]

interface IamOptions extends GlobalOptions {
  readonly account?: string
  readonly region?: string
  readonly role?: Role
  readonly deadLetters?: readonly string[]
  readonly key?: string
  readonly inWorkers?: boolean
  readonly leaseTable?: string
}

/** `longshore iam`: what each role must be allowed. */
export function addIam(program: Command, session: Session): void {
  program
    .command('iam')
    .description('write the least IAM policy for each role: worker, publisher, controller, deployer')
    .addOption(new Option('--role <role>', 'only this one, as a policy document').choices(ROLES))
    .option('--account <id>', 'twelve digits, the account of the service', toAccount)
    .option('--region <region>', 'the region of the service', toRegion)
    .option('--dead-letters <queue>', 'a dead-letter queue that workers copy to; repeatable', toTexts)
    .option('--in-workers', 'the workers publish themselves, with their own role')
    .option('--lease-table <name>', 'the DynamoDB table in which publishers hold their lease')
    .option('--key <arn>', 'the KMS key of encrypted queues')
    .addHelpText('after', EXAMPLES)
    .action(async (_options, command: Command) => session.end(await iam(command.optsWithGlobals(), session)))
}

interface OfService {
  readonly service: Service
  readonly roles: Record<Role, PolicyDocument>
}

async function iam(options: IamOptions, { io }: Session): Promise<ExitCode> {
  const { loadServices, permissionsOf, planFor } = await import('../scaling.js')
  const services = await loadServices({ file: options.config, cwd: io.cwd })
  const all = services.map((service): OfService => {
    const place = placeOf(service, options, io.env)
    const { deadLetters: deadLetterQueues, key: keyArn, inWorkers: publishesInWorkers, leaseTable } = options
    const scope = { ...place, deadLetterQueues, keyArn, publishesInWorkers, leaseTable }
    return { service, roles: permissionsOf(service, planFor(service), scope) }
  })
  const { role } = options
  if (role !== undefined) io.stdout.write(`${JSON.stringify(oneDocument(all, role), null, 2)}\n`)
  else if (options.json)
    writeJson(io.stdout, {
      services: all.map(({ service: { cluster, service }, roles }) => ({ cluster, service, roles })),
    })
  else writeAll(all, io)
  return EXIT.ok
}

/** The statements of all services; a Sid is unique in a document. */
function oneDocument(all: readonly OfService[], role: Role): PolicyDocument {
  const statements = all.flatMap(({ roles }, index) =>
    roles[role].Statement.map((statement) =>
      index === 0 ? statement : { ...statement, Sid: `${statement.Sid}${index + 1}` },
    ),
  )
  return { Version: '2012-10-17', Statement: statements }
}

function writeAll(all: readonly OfService[], { stdout, env }: Io): void {
  const style = createStyle({ stdout, env })
  for (const { service, roles } of all) {
    for (const role of ROLES) {
      if (roles[role].Statement.length === 0) continue
      writeLine(stdout, style.strong(`# ${service.service}: ${role}`))
      writeLine(stdout, JSON.stringify(roles[role], null, 2))
    }
  }
}
