import type { MetricIdentity } from '../resources.js'

/** A value as AWS's calls and templates write it, member by member in AWS's own words. */
export type FormValue = string | number | boolean | undefined | Form | readonly FormValue[]

/** An object of AWS's members. */
export interface Form {
  readonly [member: string]: FormValue
}

export function dimensionForms({ dimensions }: MetricIdentity): { Name: string; Value: string }[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
}

export function tagForms(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}
