/** What kinds of tasks there are, with their pictures. */
import type { Component } from 'svelte'
import Check from '@lucide/svelte/icons/circle-check-big'
import Phone from '@lucide/svelte/icons/phone'
import Mail from '@lucide/svelte/icons/mail'
import Users from '@lucide/svelte/icons/users'
import type { About, TaskKind } from '../../api/sales'

export const kinds: { id: TaskKind; icon: Component }[] = [
  { id: 'todo', icon: Check },
  { id: 'call', icon: Phone },
  { id: 'email', icon: Mail },
  { id: 'meeting', icon: Users },
]
export const iconOf = (kind: TaskKind): Component => kinds.find((one) => one.id === kind)?.icon ?? Check

/** Where what a task is about opens. */
export function pathOf(about: Pick<About, 'kind' | 'id'>): string {
  return { contact: `/contacts/${about.id}`, company: `/companies/${about.id}`, lead: `/leads/${about.id}`, deal: `/deals/${about.id}` }[about.kind]
}
