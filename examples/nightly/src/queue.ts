import { defineQueue } from '@longshore/core'
import { z } from 'zod'

const report = z.object({ account: z.string().min(1) })

export type Report = z.infer<typeof report>

export const reports = defineQueue({ url: process.env.QUEUE_URL, message: report })
