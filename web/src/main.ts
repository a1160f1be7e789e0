import './styles/index'
import { mount } from 'svelte'
import App from './App.svelte'
import { preferredLocale, setLocale } from './i18n/index.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
void setLocale(preferredLocale()).then(() => mount(App, { target }))

// After a new version is published the old chunks are gone: load the page again, once.
window.addEventListener('vite:preloadError', () => {
  if (sessionStorage.getItem('clientela.reloaded')) return
  sessionStorage.setItem('clientela.reloaded', '1')
  location.reload()
})
