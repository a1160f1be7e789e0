/** What the menu of a row or group offers. */
import ArrowDown from '@lucide/svelte/icons/arrow-down'
import ArrowUp from '@lucide/svelte/icons/arrow-up'
import Copy from '@lucide/svelte/icons/copy'
import FolderInput from '@lucide/svelte/icons/folder-input'
import Parentheses from '@lucide/svelte/icons/parentheses'
import Ungroup from '@lucide/svelte/icons/ungroup'
import { t } from '../../i18n/index.svelte'
import type { MenuItem } from '../../ui/Menu.svelte'
import type { Building } from './building.svelte'
import { above, fits, group, groups, isGroup, type Node } from './tree'

export function moves(build: Building, node: Node): MenuItem[] {
  const chain = above(build.root, node.id)
  const parent = chain.at(-1)
  if (!parent) return []
  const place = parent.items.findIndex((one) => one.id === node.id)
  const nested = chain.length > 1
  const homes = [{ id: build.root.id, number: '' }, ...groups(build.root)].filter((one) => one.id !== parent.id && one.id !== node.id && fits(build.root, one.id, node))
  return [
    { label: t('segments.duplicate'), icon: Copy, run: () => build.duplicate(node.id) },
    { label: t('segments.up'), icon: ArrowUp, disabled: place === 0 && !nested, run: () => build.step(node.id, -1) },
    { label: t('segments.down'), icon: ArrowDown, disabled: place === parent.items.length - 1 && !nested, run: () => build.step(node.id, 1) },
    ...(fits(build.root, parent.id, group('any', [node])) ? [{ label: t('segments.wrap'), icon: Parentheses, run: () => build.wrap(node.id) }] : []),
    ...(isGroup(node) ? [{ label: t('segments.unwrap'), icon: Ungroup, run: () => build.unwrap(node.id) }] : []),
    ...homes.map((one) => ({ label: one.number ? t('segments.to_group', { n: one.number }) : t('segments.to_root'), icon: FolderInput, run: () => build.moveTo(node.id, one.id) })),
  ]
}
