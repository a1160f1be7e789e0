/** The pages of the settings, in groups; each its own chunk. */
import type { Component } from 'svelte'
import { need } from '../../i18n/index.svelte'

export interface SettingsScreen {
  id: string
  group: 'workspace' | 'customers' | 'sending' | 'sales' | 'own'
  needs: string
  load: () => Promise<{ default: Component }>
}
const sending = (load: SettingsScreen['load']): SettingsScreen['load'] => async () => (await Promise.all([load(), need('sending')]))[0]
export const screens: SettingsScreen[] = [
  { id: 'workspace', group: 'workspace', needs: 'workspace:read', load: () => import('./Workspace.svelte') },
  { id: 'members', group: 'workspace', needs: 'members:read', load: () => import('./Members.svelte') },
  { id: 'keys', group: 'workspace', needs: 'api_keys:manage', load: () => import('./Keys.svelte') },
  { id: 'scoring', group: 'customers', needs: 'scoring:read', load: () => import('./Rules.svelte') },
  { id: 'fields', group: 'customers', needs: 'contacts:read', load: () => import('../fields/Settings.svelte') },
  { id: 'purposes', group: 'customers', needs: 'workspace:read', load: () => import('../privacy/Purposes.svelte') },
  { id: 'retention', group: 'customers', needs: 'privacy:manage', load: () => import('../privacy/Retention.svelte') },
  { id: 'sending', group: 'sending', needs: 'campaigns:read', load: sending(() => import('../sending/Sending.svelte')) },
  { id: 'suppressions', group: 'sending', needs: 'contacts:read', load: sending(() => import('../privacy/Suppressions.svelte')) },
  { id: 'messages', group: 'sending', needs: 'campaigns:read', load: sending(() => import('../sending/Messages.svelte')) },
  { id: 'prices', group: 'sending', needs: 'workspace:write', load: sending(() => import('../sending/Prices.svelte')) },
  { id: 'assignment', group: 'sales', needs: 'leads:read', load: () => import('./Assignment.svelte') },
  { id: 'response', group: 'sales', needs: 'leads:read', load: () => import('./Response.svelte') },
  { id: 'pipelines', group: 'sales', needs: 'deals:read', load: () => import('../pipelines/Pipelines.svelte') },
  { id: 'approval', group: 'sales', needs: 'quotes:read', load: () => import('./Approval.svelte') },
  { id: 'rates', group: 'sales', needs: 'deals:read', load: () => import('./Rates.svelte') },
  { id: 'calendar', group: 'own', needs: 'tasks:read', load: () => import('./Calendar.svelte') },
]
