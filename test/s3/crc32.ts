// Node 20 has no crc32 that is public.
const TABLE = Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** As S3 writes it: base64 of the four bytes, big-endian. */
export function crc32(bytes: Uint8Array): string {
  let value = ~0
  for (const byte of bytes) value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(~value >>> 0)
  return sum.toString('base64')
}
