import { defineQueue } from '@longshore/core'
import { z } from 'zod'

/** A document to summarise: `file` is read, the summary goes to `results/<id>.<receive count>.json`. */
const document = z.object({ id: z.string().min(1), file: z.string().min(1) })

export type Document = z.infer<typeof document>

export const documents = defineQueue({ url: process.env.QUEUE_URL, message: document })
