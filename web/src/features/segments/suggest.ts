/** Values that people of this workspace already have, to pick from while one writes. */
import { client, ok } from '../../api/client'
import type { Contact } from '../../api/types'
import { workspaceId } from '../../state/tokens.svelte'

type Read = (one: Contact) => (string | null | undefined)[]
const READS: Record<string, Read> = {
  'contact.tag': (one) => one.tags,
  'contact.city': (one) => [one.city],
  'contact.language': (one) => [one.language],
  'contact.time_zone': (one) => [one.time_zone],
  'contact.source': (one) => [one.first_touch?.source],
  'contact.medium': (one) => [one.first_touch?.medium],
  'contact.campaign': (one) => [one.first_touch?.campaign],
  'contact.last_source': (one) => [one.last_touch?.source],
  'contact.last_medium': (one) => [one.last_touch?.medium],
  'contact.last_campaign': (one) => [one.last_touch?.campaign],
  'company.name': (one) => [one.company_name],
}
let held: { workspace: string | null; page: Promise<Contact[]> } | null = null

/** The commonest values of a field among the newest contacts, at most 40; none where nothing is known of it. */
export async function suggestions(field: string): Promise<string[]> {
  const read = READS[field]
  if (!read) return []
  if (held?.workspace !== workspaceId()) {
    const page = ok(client.GET('/v1/contacts', { params: { query: { limit: 100 } } })).then((found) => found.items as Contact[], () => {
      // Without an answer there is nothing to offer now; the next field asks again.
      held = null
      return []
    })
    held = { workspace: workspaceId(), page }
  }
  const times = new Map<string, number>()
  for (const one of (await held?.page) ?? []) for (const value of read(one)) if (value) times.set(value, (times.get(value) ?? 0) + 1)
  return [...times].sort(([a, many], [b, more]) => more - many || a.localeCompare(b)).slice(0, 40).map(([value]) => value)
}
