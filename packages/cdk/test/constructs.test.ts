// The suites in one file, so that one process loads the CDK: that takes two seconds, more than all their tests.
import './scaling.suite.js'
import './worker.suite.js'
import './publisher.suite.js'
import './deployed.suite.js'
