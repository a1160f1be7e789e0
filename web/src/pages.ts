/** Which screen a route shows; each is its own chunk. */
import type { Component } from 'svelte'
import { need, type Bundle } from './i18n/index.svelte'
import type { Route, RouteName } from './router.svelte'

// A screen takes the route only.
type Screen = Component<{ route: Route }>
type Load = () => Promise<{ default: Screen }>

/** A screen together with the texts it needs besides those of the frame. */
const withTexts = (load: Load, ...bundles: Bundle[]): Load => async () => (await Promise.all([load(), need(...bundles)]))[0]

const home = withTexts(() => import('./features/home/Home.svelte'), 'sales')
const importWizard = withTexts(() => import('./features/imports/Import.svelte'), 'customers')
const campaignEditor = withTexts(() => import('./features/campaigns/Wizard.svelte'), 'campaigns', 'templates')
const formEditor: Load = () => import('./features/forms/Form.svelte')
const segmentEditor = withTexts(() => import('./features/segments/Edit.svelte'), 'segments')

export const pages: Record<RouteName | 'missing', Load> = {
  home,
  day: home,
  leads: withTexts(() => import('./features/leads/Inbox.svelte'), 'sales'),
  contacts: withTexts(() => import('./features/contacts/List.svelte'), 'customers'),
  contact: withTexts(() => import('./features/contacts/Contact.svelte'), 'customers'),
  companies: withTexts(() => import('./features/companies/List.svelte'), 'customers'),
  company: withTexts(() => import('./features/companies/Company.svelte'), 'customers'),
  duplicates: withTexts(() => import('./features/duplicates/Duplicates.svelte'), 'customers'),
  imports: withTexts(() => import('./features/imports/List.svelte'), 'customers'),
  importNew: importWizard,
  import: importWizard,
  exports: withTexts(() => import('./features/exports/List.svelte'), 'customers'),
  deals: withTexts(() => import('./features/deals/Deals.svelte'), 'sales'),
  deal: withTexts(() => import('./features/deals/Deal.svelte'), 'sales', 'customers'),
  quotes: withTexts(() => import('./features/quotes/List.svelte'), 'sales'),
  quote: withTexts(() => import('./features/quotes/Quote.svelte'), 'sales'),
  products: withTexts(() => import('./features/products/List.svelte'), 'sales'),
  forecast: withTexts(() => import('./features/forecast/Forecast.svelte'), 'sales'),
  tasks: withTexts(() => import('./features/tasks/List.svelte'), 'sales'),
  segments: withTexts(() => import('./features/segments/List.svelte'), 'segments'),
  segmentNew: segmentEditor,
  segmentEdit: segmentEditor,
  segment: withTexts(() => import('./features/segments/Segment.svelte'), 'segments'),
  campaigns: withTexts(() => import('./features/campaigns/List.svelte'), 'campaigns'),
  campaignNew: campaignEditor,
  campaignEdit: campaignEditor,
  campaign: withTexts(() => import('./features/campaigns/Campaign.svelte'), 'campaigns', 'templates'),
  templates: withTexts(() => import('./features/templates/List.svelte'), 'templates'),
  templateGallery: withTexts(() => import('./features/templates/Gallery.svelte'), 'templates'),
  templateImages: withTexts(() => import('./features/templates/Pictures.svelte'), 'templates'),
  brand: withTexts(() => import('./features/templates/Brand.svelte'), 'templates'),
  template: withTexts(() => import('./features/templates/Editor.svelte'), 'templates'),
  forms: () => import('./features/forms/List.svelte'),
  formNew: formEditor,
  form: formEditor,
  reports: () => import('./features/reports/Reports.svelte'),
  settings: withTexts(() => import('./features/settings/Settings.svelte'), 'sales', 'customers'),
  missing: () => import('./features/shell/Missing.svelte'),
}

/** Fetches the screens nobody has opened yet while the browser has nothing to do, so that they open at once. */
export function prefetch(): void {
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } }
  if (connection?.saveData) return
  const rest = [...new Set(Object.values(pages))]
  const next = (): void => {
    const load = rest.shift()
    // A chunk that does not come now is asked for again when its screen opens.
    if (load) void load().catch(() => undefined).then(() => setTimeout(next, 60))
  }
  setTimeout(next, 1500)
}
