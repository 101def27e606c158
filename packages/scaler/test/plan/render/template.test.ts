import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defineService, planFor, templateOf } from '../../../src/index.js'
import { configs } from '../../arbitrary-config.js'
import { serviceWith } from '../../services.js'

/** Every `Ref` in a value. */
function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Ref' && typeof inner === 'string' ? [inner] : refsIn(inner),
  )
}

describe('a template', () => {
  it('has one resource for each part of the plan, and refers only to its own', () => {
    fc.assert(
      fc.property(configs, (config) => {
        const plan = planFor(defineService(config))
        const { Resources } = templateOf([plan])
        expect(Object.keys(Resources)).toHaveLength(1 + plan.policies.length + plan.alarms.length)
        for (const id of Object.keys(Resources)) expect(id).toMatch(/^[A-Za-z0-9]+$/)
        for (const ref of refsIn(Resources)) expect(Object.keys(Resources)).toContain(ref)
      }),
    )
  })

  it('sets off the policy that each alarm is for', () => {
    const { Resources } = templateOf([planFor(serviceWith({ strategy: 'ladder' }))])
    const alarm = Resources.ThumbnailsDeficitAlarm
    expect(alarm).toMatchObject({
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'longshore/media/thumbnails/deficit',
        AlarmActions: [{ Ref: 'ThumbnailsDeficitPolicy' }],
      },
    })
  })

  it('tells services of one name in several clusters apart', () => {
    const plans = ['media', 'mail'].map((cluster) => planFor(serviceWith({ cluster })))
    const ids = Object.keys(templateOf(plans).Resources)
    expect(ids).toContain('MediaThumbnailsScalableTarget')
    expect(ids).toContain('MailThumbnailsScalableTarget')
  })
})
