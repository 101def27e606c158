import { defineQueue } from '@longshore/core'
import { z } from 'zod'

/** The picture that a thumbnail is made of. */
export const thumbnails = defineQueue({
  url: process.env.QUEUE_URL,
  message: z.object({ picture: z.string().min(1) }),
})
