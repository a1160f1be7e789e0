/** Shapes of lists and fields that several screens share. */
import type { components } from './schema'
import type { ListCondition } from '../lists/filters'

type Schemas = components['schemas']
export type View = Omit<Schemas['ViewOut'], 'filter'> & { filter: ListCondition[] }
export type ViewValues = Omit<Schemas['ViewIn'], 'filter'> & { filter?: ListCondition[] }
export type CustomField = Schemas['FieldOut']
export type CustomKind = CustomField['type']
