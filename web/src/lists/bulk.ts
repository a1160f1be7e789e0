/** What lists ask for, and what can be done to many records at once. */

/** What a page of a list is asked with. */
export interface ListQuery {
  limit: number
  cursor?: string
  sort?: string
  filter?: string
  q?: string
  deleted?: boolean
}

export type BulkKind = 'tag' | 'untag' | 'assign' | 'edit' | 'add_to_segment' | 'export' | 'delete'

export interface BulkField {
  /** The API's name in `fields`. */
  key: string
  label: string
  kind: 'text' | 'choice' | 'country' | 'language' | 'number' | 'date' | 'boolean'
  options?: { value: string; label: string }[]
}
