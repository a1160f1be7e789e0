/** The pages of the navigation, also offered by the palette. */
import type { Component } from 'svelte'
import House from '@lucide/svelte/icons/house'
import Inbox from '@lucide/svelte/icons/inbox'
import Users from '@lucide/svelte/icons/users'
import Building from '@lucide/svelte/icons/building-2'
import Handshake from '@lucide/svelte/icons/handshake'
import Merge from '@lucide/svelte/icons/git-merge'
import Upload from '@lucide/svelte/icons/upload'
import Download from '@lucide/svelte/icons/download'
import ListChecks from '@lucide/svelte/icons/list-checks'
import FileSignature from '@lucide/svelte/icons/file-pen-line'
import Package from '@lucide/svelte/icons/package'
import TrendingUp from '@lucide/svelte/icons/trending-up'
import Filter from '@lucide/svelte/icons/list-filter'
import Mail from '@lucide/svelte/icons/mail'
import Layout from '@lucide/svelte/icons/layout-template'
import Form from '@lucide/svelte/icons/text-cursor-input'
import Chart from '@lucide/svelte/icons/chart-column'
import Gear from '@lucide/svelte/icons/settings'
import { router, type RouteName } from '../../router.svelte'
import { create, type Kind } from '../../state/create.svelte'

export interface NavItem {
  id: string
  path: string
  icon: Component
  /** The key after `g` that opens it. */
  key: string
  /** The permission that shows it; none means everybody. */
  needs?: string
  routes: RouteName[]
  /** The heading it stands under; items of a group follow each other. */
  group?: 'customers' | 'sales' | 'marketing'
}
export const navigation: NavItem[] = [
  { id: 'home', path: '/', icon: House, key: 'h', routes: ['home', 'day'] },
  { id: 'tasks', path: '/tasks', icon: ListChecks, key: 't', needs: 'tasks:read', routes: ['tasks'] },
  { id: 'leads', path: '/leads', icon: Inbox, key: 'l', needs: 'leads:read', routes: ['leads'], group: 'customers' },
  { id: 'contacts', path: '/contacts', icon: Users, key: 'c', needs: 'contacts:read', routes: ['contacts', 'contact', 'duplicates', 'imports', 'importNew', 'import', 'exports'], group: 'customers' },
  { id: 'companies', path: '/companies', icon: Building, key: 'e', needs: 'companies:read', routes: ['companies', 'company'], group: 'customers' },
  { id: 'deals', path: '/deals', icon: Handshake, key: 'd', needs: 'deals:read', routes: ['deals', 'deal'], group: 'sales' },
  { id: 'quotes', path: '/quotes', icon: FileSignature, key: 'q', needs: 'quotes:read', routes: ['quotes', 'quote'], group: 'sales' },
  { id: 'products', path: '/products', icon: Package, key: 'p', needs: 'deals:read', routes: ['products'], group: 'sales' },
  { id: 'forecast', path: '/forecast', icon: TrendingUp, key: 'o', needs: 'deals:read', routes: ['forecast'], group: 'sales' },
  { id: 'segments', path: '/segments', icon: Filter, key: 's', needs: 'segments:read', routes: ['segments', 'segment', 'segmentNew', 'segmentEdit'], group: 'marketing' },
  { id: 'campaigns', path: '/campaigns', icon: Mail, key: 'm', needs: 'campaigns:read', routes: ['campaigns', 'campaign', 'campaignNew', 'campaignEdit'], group: 'marketing' },
  { id: 'templates', path: '/templates', icon: Layout, key: 'w', needs: 'campaigns:read', routes: ['templates', 'templateGallery', 'templateImages', 'brand', 'template'], group: 'marketing' },
  { id: 'forms', path: '/forms', icon: Form, key: 'f', needs: 'forms:read', routes: ['forms', 'form', 'formNew'], group: 'marketing' },
  { id: 'reports', path: '/reports', icon: Chart, key: 'r', needs: 'reports:read', routes: ['reports'], group: 'marketing' },
  { id: 'settings', path: '/settings', icon: Gear, key: 'a', routes: ['settings'] },
]

/** Pages that stand in no menu but can be gone to by name. */
export const corners: { id: string; path: string; icon: Component; needs: string }[] = [
  { id: 'duplicates', path: '/duplicates', icon: Merge, needs: 'contacts:read' },
  { id: 'imports', path: '/imports', icon: Upload, needs: 'imports:run' },
  { id: 'exports', path: '/exports', icon: Download, needs: 'exports:run' },
]

/** Something that can be made from anywhere: on a page of its own, or in a dialog over the page (see `makers.ts`). */
export interface Creation {
  id: string
  icon: Component
  needs: string
  path?: string
  dialog?: Kind
}
export const creations: Creation[] = [
  { id: 'contact', dialog: 'contact', icon: Users, needs: 'contacts:write' },
  { id: 'company', dialog: 'company', icon: Building, needs: 'companies:write' },
  { id: 'deal', dialog: 'deal', icon: Handshake, needs: 'deals:write' },
  { id: 'lead', dialog: 'lead', icon: Inbox, needs: 'leads:write' },
  { id: 'task', dialog: 'task', icon: ListChecks, needs: 'tasks:write' },
  { id: 'campaign', path: '/campaigns/new', icon: Mail, needs: 'campaigns:write' },
  { id: 'segment', path: '/segments/new', icon: Filter, needs: 'segments:write' },
  { id: 'template', path: '/templates/gallery', icon: Layout, needs: 'campaigns:write' },
  { id: 'form', path: '/forms/new', icon: Form, needs: 'forms:write' },
]
/** Opens what makes it. */
export function make(one: Creation): void {
  if (one.path) router.go(one.path)
  else if (one.dialog) create.open(one.dialog)
}

/** Where a found record opens. */
export function pathOf(hit: { kind: string; id: string }): string {
  if (hit.kind === 'lead') return `/leads/${hit.id}`
  if (hit.kind === 'contact') return `/contacts/${hit.id}`
  if (hit.kind === 'company') return `/companies/${hit.id}`
  return `/deals/${hit.id}`
}
