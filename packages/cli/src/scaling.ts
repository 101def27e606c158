// What loads the AWS SDK, behind one dynamic import: `--help` and `dev` need none of it and don't wait for it.
export {
  applyChanges,
  ApplyError,
  AwsCallError,
  createPublisher,
  eventRecord,
  publishingCost,
  kedaOf,
  lint,
  lintAccount,
  permissionsOf,
  planFor,
  templateOf,
  proposeChanges,
  proposeRemoval,
  readStatus,
} from '@longshore/scaler'
export { withAws } from './aws.js'
export { loadServices } from './config/load.js'
