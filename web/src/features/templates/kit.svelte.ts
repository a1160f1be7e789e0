/** What every editor of mails asks for once: the brand kit, the values that can stand in a text, and the networks. */
import { templatesApi, type BrandKit } from '../../api/templates'
import { workspaceId } from '../../state/tokens.svelte'
import { locale } from '../../i18n/index.svelte'
import { brandOf, PLAIN, type Brand } from './colour'
import { isKind, type Known } from './placeholder'

const NETWORKS = ['facebook', 'instagram', 'x', 'linkedin', 'youtube', 'tiktok', 'whatsapp', 'telegram', 'pinterest', 'threads', 'website']
let brand = $state.raw<Brand>(PLAIN)
let known = $state.raw<readonly Known[]>([])
let networks = $state.raw<readonly string[]>(NETWORKS)
let of = ''

export const kit = {
  get brand(): Brand {
    return brand
  },
  get known(): readonly Known[] {
    return known
  },
  get networks(): readonly string[] {
    return networks
  },
  /** Loads it for the workspace and the language of the screen; what is there already is not asked for again. */
  async load(language: 'es' | 'en'): Promise<void> {
    const wanted = `${workspaceId()} ${locale()}`
    if (of === wanted) return
    of = wanted
    const [look, gallery] = await Promise.allSettled([templatesApi.brand(), templatesApi.gallery(language)])
    if (of !== wanted) return
    // The editor works without: plain colours, and values written by hand.
    if (look.status === 'fulfilled') brand = brandOf(look.value)
    if (gallery.status === 'fulfilled') {
      known = gallery.value.placeholders.map((one) => ({ ...one, kind: isKind(one.kind) ? one.kind : 'text' }))
      if (gallery.value.networks.length) networks = gallery.value.networks.map((one) => one.key)
    }
    if (look.status === 'rejected' || gallery.status === 'rejected') of = ''
  },
  /** The kit as it was just saved. */
  take(next: BrandKit): void {
    brand = brandOf(next)
  },
}
