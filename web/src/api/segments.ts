/** Segments for whoever chooses among all of them or names them. */
import { client, ok } from './client'
import type { Segment } from './types'

/** How many pages of a hundred are read at the most. */
const PAGES = 20

/** Every segment of the workspace, the newest first. */
export async function allSegments(): Promise<Segment[]> {
  const found: Segment[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < PAGES; page++) {
    const next = await ok(client.GET('/v1/segments', { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } }))
    found.push(...next.items)
    cursor = next.next_cursor
    if (!cursor) break
  }
  return found
}
