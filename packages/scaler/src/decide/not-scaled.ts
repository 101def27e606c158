/**
 * AWS's reasons for not scaling, in words. Source: Application Auto Scaling user guide, "Scaling activities". They say why
 * an alarm that fired had no effect, and continue a sentence.
 */
const WORDS: Readonly<Record<string, string>> = {
  AutoScalingAnticipatedFlapping: 'with fewer tasks the metric would be above its target again',
  TargetServicePutResourceAsUnscalable: 'ECS lets nobody scale the service for now',
  AlreadyAtMaxCapacity: 'the service is at its most',
  AlreadyAtMinCapacity: 'the service is at its least',
  AlreadyAtDesiredCapacity: 'as many tasks are desired already as it asks for',
}

/** `the service is at its most (AlreadyAtMaxCapacity)`; a code that is not known stands for itself. */
export function notScaledText(codes: readonly string[]): string {
  return codes
    .map((code) => {
      const words = WORDS[code]
      return words === undefined ? code : `${words} (${code})`
    })
    .join(', and ')
}
