/** Hash routes: `#/leads/01H…?status=new`. Typed names, no library. */
export const ROUTES = {
  home: '/',
  day: '/my-day',
  leads: '/leads/:id?',
  contacts: '/contacts',
  contact: '/contacts/:id',
  companies: '/companies',
  company: '/companies/:id',
  duplicates: '/duplicates',
  imports: '/imports',
  importNew: '/imports/new',
  import: '/imports/:id',
  exports: '/exports',
  deals: '/deals',
  deal: '/deals/:id',
  quotes: '/quotes',
  quote: '/quotes/:id',
  products: '/products',
  forecast: '/forecast/:tab?',
  tasks: '/tasks',
  segments: '/segments',
  segmentNew: '/segments/new',
  segment: '/segments/:id',
  segmentEdit: '/segments/:id/edit',
  campaigns: '/campaigns',
  campaignNew: '/campaigns/new',
  campaign: '/campaigns/:id',
  campaignEdit: '/campaigns/:id/edit',
  templates: '/templates',
  templateGallery: '/templates/gallery',
  templateImages: '/templates/images',
  brand: '/templates/brand',
  template: '/templates/:id',
  forms: '/forms',
  formNew: '/forms/new',
  form: '/forms/:id/:tab?',
  reports: '/reports',
  settings: '/settings/:tab?',
} as const
export type RouteName = keyof typeof ROUTES

export interface Route {
  name: RouteName | 'missing'
  path: string
  params: Record<string, string>
  query: URLSearchParams
  /** Counts the addresses opened: who asks for a new one gets a new one, also from a new one that has its address by now. */
  visit?: number
}

/** The route of a hash; the first pattern that fits wins, so fixed words come before `:id`. */
export function parse(hash: string): Route {
  const [rawPath = '', rawQuery = ''] = hash.replace(/^#/, '').split('?')
  const path = rawPath.replace(/\/+$/, '') || '/'
  const query = new URLSearchParams(rawQuery)
  const parts = path.split('/').filter(Boolean)
  for (const [name, pattern] of Object.entries(ROUTES)) {
    const wanted = pattern.split('/').filter(Boolean)
    if (parts.length > wanted.length) continue
    const params: Record<string, string> = {}
    const fits = wanted.every((want, index) => {
      const part = parts[index]
      if (!want.startsWith(':')) return part === want
      if (part === undefined) return want.endsWith('?')
      params[want.replace(/[:?]/g, '')] = decodeURIComponent(part)
      return true
    })
    if (fits) return { name: name as RouteName, path, params, query }
  }
  return { name: 'missing', path, params: {}, query }
}

let visits = 0
let route = $state.raw<Route>(parse(typeof location === 'undefined' ? '' : location.hash))
/** What asks before the page goes, and what is to be asked; null while nothing would be lost. */
const guards = new Set<() => string | null>()
const asked = (): string | null => [...guards].map((question) => question()).find((text) => text !== null) ?? null

if (typeof window !== 'undefined') {
  window.addEventListener('hashchange', (event) => {
    const question = asked()
    if (question && !window.confirm(question)) {
      // Where one was: a page may have changed its address in place since it was opened.
      history.replaceState(null, '', event.oldURL)
      return
    }
    route = { ...parse(location.hash), visit: ++visits }
  })
}

export const router = {
  get route(): Route {
    return route
  },
  /** Opens a path such as `/contacts/01H…`. */
  go(path: string, replace = false): void {
    if (replace) {
      history.replaceState(null, '', `#${path}`)
      route = parse(`#${path}`)
    } else location.hash = path
  },
  /** Changes the query of the page in place (filters), without a history entry. */
  query(changes: Record<string, string | null>): void {
    const query = new URLSearchParams(route.query)
    for (const [key, value] of Object.entries(changes)) value ? query.set(key, value) : query.delete(key)
    const text = query.toString()
    router.go(route.path + (text ? `?${text}` : ''), true)
  },
  /** Asks before leaving while `question` returns a text, until what it returns is called. */
  guard(question: () => string | null): () => void {
    guards.add(question)
    return () => guards.delete(question)
  },
}
