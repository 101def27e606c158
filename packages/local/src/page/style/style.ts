import { COLOURS } from './colours.js'
import { CONTROLS } from './controls.js'
import { LAYOUT } from './layout.js'
import { LISTS } from './lists.js'
import { NARROW } from './narrow.js'
import { PLOTS } from './plots.js'

/** The page's whole style sheet. */
export const STYLE: string = [COLOURS, LAYOUT, CONTROLS, LISTS, PLOTS, NARROW].join('')
