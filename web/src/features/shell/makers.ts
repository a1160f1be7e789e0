/** The dialogs that make something from anywhere; each its own chunk, with its texts. */
import type { Component } from 'svelte'
import { need } from '../../i18n/index.svelte'
import type { Kind } from '../../state/create.svelte'

export type Maker = Component<{ given: Record<string, unknown>; onclose: () => void }>
type Load = () => Promise<{ default: Maker }>

export const makers: Partial<Record<Kind, Load>> = {
  contact: async () => (await Promise.all([import('../contacts/New.svelte'), need('customers')]))[0],
  company: async () => (await Promise.all([import('../companies/New.svelte'), need('customers')]))[0],
  deal: async () => (await Promise.all([import('../deals/New.svelte'), need('sales')]))[0],
  lead: async () => (await Promise.all([import('../leads/New.svelte'), need('sales')]))[0],
  task: async () => (await Promise.all([import('../tasks/New.svelte'), need('sales')]))[0],
}
