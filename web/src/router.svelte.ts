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

let route = $state.raw<Route>(parse(typeof location === 'undefined' ? '' : location.hash))
let guard: (() => string | null) | null = null

if (typeof window !== 'undefined') {
  let leaving = ''
  window.addEventListener('hashchange', () => {
    const question = guard?.()
    if (question && location.hash !== leaving && !window.confirm(question)) {
      history.replaceState(null, '', leaving)
      return
    }
    leaving = location.hash
    route = parse(location.hash)
  })
  leaving = location.hash
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
  /** Asks before leaving while `question` returns a text. Call with null when the page goes. */
  guard(question: (() => string | null) | null): void {
    guard = question
  },
}
