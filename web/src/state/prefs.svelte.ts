/** Theme and navigation preferences of this browser. */
export type Theme = 'auto' | 'light' | 'dark'

const stored = localStorage.getItem('clientela.theme')
let theme = $state<Theme>(stored === 'light' || stored === 'dark' ? stored : 'auto')
let narrowNav = $state(localStorage.getItem('clientela.nav') === 'narrow')
const system = window.matchMedia('(prefers-color-scheme: dark)')

function apply(): void {
  const dark = theme === 'dark' || (theme === 'auto' && system.matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
}
system.addEventListener('change', apply)
apply()

export const prefs = {
  get theme(): Theme {
    return theme
  },
  set theme(next: Theme) {
    theme = next
    localStorage.setItem('clientela.theme', next)
    apply()
  },
  get narrowNav(): boolean {
    return narrowNav
  },
  set narrowNav(next: boolean) {
    narrowNav = next
    localStorage.setItem('clientela.nav', next ? 'narrow' : 'wide')
  },
}
