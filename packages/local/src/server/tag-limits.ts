/** What AWS's services agree on for the tags of one resource (Tag Editor user guide, "naming limits"). */
export const TAG_LIMITS = { tags: 50, keyLength: 128, valueLength: 256 } as const
