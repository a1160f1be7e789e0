/** The workspace's own fields, fetched once for each kind of record. */
import { client, ok } from '../../api/client'
import type { CustomField } from '../../api/customers'
import { workspaceId } from '../../state/tokens.svelte'

let held = $state.raw<Record<string, CustomField[]>>({})
let of: string | null = null
const asked = new Set<string>()

async function fetched(kind: string): Promise<void> {
  const workspace = workspaceId()
  try {
    const page = await ok(client.GET('/v1/fields', { params: { query: { kind: kind as 'contact' } } }))
    if (workspace === workspaceId()) held = { ...held, [kind]: page.items.toSorted((a, b) => a.position - b.position) }
  } catch {
    asked.delete(kind)
  }
}
export const customFields = {
  /** The fields of a kind in their order, without archived ones; none until they are here. */
  of(kind: string): CustomField[] {
    return (held[kind] ?? []).filter((one) => !one.archived)
  },
  /** Fetches the fields of a kind unless they are here. */
  need(kind: string): void {
    if (of !== workspaceId()) {
      of = workspaceId()
      asked.clear()
      held = {}
    }
    if (asked.has(kind)) return
    asked.add(kind)
    void fetched(kind)
  },
  /** They have changed. */
  again(kind: string): void {
    asked.add(kind)
    void fetched(kind)
  },
}
