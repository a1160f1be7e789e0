/** What people can agree to in this workspace, fetched once. */
import { client, ok } from '../../api/client'
import type { components } from '../../api/schema'
import { has, locale, t } from '../../i18n/index.svelte'
import { workspaceId } from '../../state/tokens.svelte'

export type Purpose = components['schemas']['PurposeItem']
let items = $state.raw<Purpose[]>([])
let of: string | null = null

export const purposes = {
  get list(): Purpose[] {
    return items
  },
  need(): void {
    if (of === workspaceId()) return
    of = workspaceId()
    purposes.again()
  },
  again(): void {
    const mine = workspaceId()
    ok(client.GET('/v1/purposes')).then(
      (found) => {
        if (mine === workspaceId()) items = found.purposes
      },
      () => (of = null),
    )
  },
}
/** What a purpose is called; consents name it with its channel behind a colon. */
export function purposeName(key: string, channel?: string | null): string {
  const [id = key, way = channel ?? ''] = key.split(':')
  const found = items.find((one) => one.id === id)
  const name = found ? found.name[locale()] : has(`purpose.${id}`) ? t(`purpose.${id}`) : id.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())
  return way ? `${name} · ${has(`channel.${way}`) ? t(`channel.${way}`) : way}` : name
}
