/** The pages of the navigation, also offered by the palette. */
import type { Component } from 'svelte'
import House from '@lucide/svelte/icons/house'
import Inbox from '@lucide/svelte/icons/inbox'
import Users from '@lucide/svelte/icons/users'
import Building from '@lucide/svelte/icons/building-2'
import Handshake from '@lucide/svelte/icons/handshake'
import Filter from '@lucide/svelte/icons/list-filter'
import Mail from '@lucide/svelte/icons/mail'
import Form from '@lucide/svelte/icons/text-cursor-input'
import Chart from '@lucide/svelte/icons/chart-column'
import Gear from '@lucide/svelte/icons/settings'
import type { RouteName } from '../../router.svelte'

export interface NavItem {
  id: string
  path: string
  icon: Component
  /** The key after `g` that opens it. */
  key: string
  /** The permission that shows it; none means everybody. */
  needs?: string
  routes: RouteName[]
}
export const navigation: NavItem[] = [
  { id: 'home', path: '/', icon: House, key: 'h', routes: ['home'] },
  { id: 'leads', path: '/leads', icon: Inbox, key: 'l', needs: 'leads:read', routes: ['leads'] },
  { id: 'contacts', path: '/contacts', icon: Users, key: 'c', needs: 'contacts:read', routes: ['contacts', 'contact'] },
  { id: 'companies', path: '/companies', icon: Building, key: 'e', needs: 'companies:read', routes: ['companies'] },
  { id: 'deals', path: '/deals', icon: Handshake, key: 'd', needs: 'deals:read', routes: ['deals'] },
  { id: 'segments', path: '/segments', icon: Filter, key: 's', needs: 'segments:read', routes: ['segments', 'segment', 'segmentNew'] },
  { id: 'campaigns', path: '/campaigns', icon: Mail, key: 'm', needs: 'campaigns:read', routes: ['campaigns', 'campaign', 'campaignNew', 'campaignEdit'] },
  { id: 'forms', path: '/forms', icon: Form, key: 'f', needs: 'forms:read', routes: ['forms', 'form', 'formNew'] },
  { id: 'reports', path: '/reports', icon: Chart, key: 'r', needs: 'reports:read', routes: ['reports'] },
  { id: 'settings', path: '/settings', icon: Gear, key: 'a', routes: ['settings'] },
]

/** What can be made from anywhere. */
export const creations = [
  { id: 'campaign', path: '/campaigns/new', icon: Mail, needs: 'campaigns:write' },
  { id: 'segment', path: '/segments/new', icon: Filter, needs: 'segments:write' },
  { id: 'form', path: '/forms/new', icon: Form, needs: 'forms:write' },
]

/** Where a found record opens. */
export function pathOf(hit: { kind: string; id: string }): string {
  if (hit.kind === 'lead') return `/leads/${hit.id}`
  if (hit.kind === 'contact') return `/contacts/${hit.id}`
  if (hit.kind === 'company') return `/companies?id=${hit.id}`
  return `/deals?id=${hit.id}`
}
