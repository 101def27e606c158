// Tests talk to loopback. A test that reaches for real AWS fails at the connection, with the host it asked for;
// LONGSHORE_TEST_REAL_AWS=1 is the explicit opt-in.
import { Socket } from 'node:net'

if (process.env.LONGSHORE_TEST_REAL_AWS !== '1') {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_') && !name.startsWith('AWS_ENDPOINT_URL')) delete process.env[name]
  }
  // Said once by every process that makes a client, for those who keep the lockfile.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  process.env.AWS_REGION = 'us-east-1'
  process.env.AWS_ACCESS_KEY_ID = 'test'
  process.env.AWS_SECRET_ACCESS_KEY = 'test'
  process.env.AWS_EC2_METADATA_DISABLED = 'true'
  process.env.AWS_CONFIG_FILE = '/dev/null'
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/dev/null'

  const connect = Reflect.get(Socket.prototype, 'connect') as (this: Socket, ...args: unknown[]) => Socket
  Reflect.set(Socket.prototype, 'connect', function (this: Socket, ...args: unknown[]): Socket {
    // net.connect hands on its normalised arguments as one array whose first entry is the options object.
    const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args
    const host = typeof first === 'object' && first !== null && 'host' in first ? String(first.host) : ''
    if (/(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/i.test(host)) {
      throw new Error(
        `A test tried to reach ${host}. Tests talk to loopback; set LONGSHORE_TEST_REAL_AWS=1 to allow it.`,
      )
    }
    return connect.apply(this, args)
  })
}
