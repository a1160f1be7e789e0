/** Shapes of lists, fields and jobs that several screens share. */
import type { ListCondition } from '../lists/filters'

export interface View {
  id: string
  kind: string
  name: string
  filter: ListCondition[]
  sort: string | null
  columns: string[]
  shared: boolean
  pinned: boolean
  owner_id: string
  version: number
}
export type CustomKind = 'text' | 'number' | 'money' | 'date' | 'choice' | 'multi_choice' | 'boolean' | 'url' | 'relation'
export interface CustomField {
  id: string
  kind: string
  key: string
  name: string
  type: CustomKind
  options: { value: string; label: string }[]
  relation_kind: string | null
  required: boolean
  filterable: boolean
  position: number
  archived: boolean
  version: number
}
