import { runDemo } from './demo/run.js'
import { DEMO_HELP, readOptions } from './demo/options.js'

// The SDK tells of the Node releases it will drop; that is for those who keep the lockfile, not for those who watch.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

const options = readOptions(process.argv.slice(2))
if (options === 'help') {
  process.stdout.write(DEMO_HELP)
} else if ('problem' in options) {
  process.stderr.write(`${options.problem}\nRun \`npm run demo -- --help\` for what it takes.\n`)
  process.exitCode = 2
} else {
  process.exitCode = await runDemo(options)
}
