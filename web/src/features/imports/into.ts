/** Into which segment an import puts its people: none, one that is there, or a new one. */
import type { components } from '../../api/schema'
import { allSegments } from '../../api/segments'
import type { Segment } from '../../api/types'
import type { Import } from './model'

export interface Into {
  what: 'none' | 'segment' | 'new'
  id: string
  name: string
}
export const NOWHERE: Into = { what: 'none', id: '', name: '' }

/** What starting an import says of it; undefined for none. */
export function asked(into: Into): components['schemas']['ImportSegmentIn'] | undefined {
  if (into.what === 'segment') return { id: into.id }
  return into.what === 'new' ? { name: into.name.trim() } : undefined
}
/** Whether it says where to. */
export const complete = (into: Into): boolean => into.what === 'none' || (into.what === 'segment' ? Boolean(into.id) : Boolean(into.name.trim()))
/** What a trial was to do, for the import that follows it. */
export function again(one: Pick<Import, 'segment'>): Into {
  if (!one.segment) return NOWHERE
  const { id, name, made } = one.segment
  return made ? { what: 'segment', id, name } : { what: 'new', id: '', name }
}
/** Every static segment, the newest first. */
export const lists = async (): Promise<Segment[]> => (await allSegments()).filter((one) => one.kind === 'static')
