// The browser's entry point.
import type { DomWindow } from './dom.js'
import { LivePage } from './live-page.js'

const window = globalThis as unknown as DomWindow
const root = window.document.getElementById('page')
if (root !== null) new LivePage(window, root).start()
