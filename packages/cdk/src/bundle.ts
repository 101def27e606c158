import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AssetHashType, DockerImage } from 'aws-cdk-lib/core'
import { Code } from 'aws-cdk-lib/aws-lambda'
import type * as esbuild from 'esbuild'

type Esbuild = Pick<typeof esbuild, 'buildSync'>

const ENTRY = fileURLToPath(new URL('function/handler.js', import.meta.url))

/**
 * The publisher's function as one file, made by esbuild of what is installed here: the scaler, and the AWS SDK that it was
 * tested with, in place of the one that Lambda happens to have.
 */
export function publisherCode(): Code {
  return Code.fromAsset(dirname(ENTRY), {
    // What is bundled changes with the scaler, not with the entry.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // It is never run: esbuild does it here.
      image: DockerImage.fromRegistry('scratch'),
      local: {
        tryBundle(outputFolder) {
          bundle(join(outputFolder, 'index.js'))
          return true
        },
      },
    },
  })
}

function bundle(outfile: string): void {
  loadEsbuild().buildSync({
    entryPoints: [ENTRY],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'error',
  })
}

/** From the app first: it is a library of the app, and needed only where a publisher is bundled. */
function loadEsbuild(): Esbuild {
  const places = [join(process.cwd(), 'package.json'), import.meta.url]
  for (const place of places) {
    const require = createRequire(place)
    try {
      return require('esbuild') as Esbuild
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error
    }
  }
  throw new Error(
    'The function of a LongshorePublisher is bundled by esbuild, which is not installed. Expected it among the ' +
      'dependencies of the app: npm install --save-dev esbuild.',
  )
}
