import { defineQueue } from '@longshore/core'
import { z } from 'zod'

const document = z.object({ id: z.string().min(1), text: z.string() })

export type Document = z.infer<typeof document>

export const documents = defineQueue({ url: process.env.QUEUE_URL, message: document })
