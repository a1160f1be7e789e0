/** A segment's member as a row: the API gives either contacts or their short form. */
import type { Contact } from '../../api/types'

export interface Member {
  id: string
  name: string
  email: string
  company: string
}
type Given = Partial<Contact> & { contact_id?: string; email?: string | null; name?: string | null }

export function memberOf(given: Given): Member {
  const email = given.email ?? given.emails?.find((one) => one.primary)?.address ?? given.emails?.[0]?.address ?? ''
  return {
    id: given.id ?? given.contact_id ?? '',
    name: given.display_name ?? given.name ?? email,
    email,
    company: given.company_name ?? '',
  }
}
