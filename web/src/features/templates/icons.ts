/** The picture of each type of block. */
import type { Component } from 'svelte'
import Code from '@lucide/svelte/icons/code-xml'
import Columns from '@lucide/svelte/icons/columns-2'
import Footprints from '@lucide/svelte/icons/panel-bottom'
import Heading from '@lucide/svelte/icons/heading'
import Image from '@lucide/svelte/icons/image'
import Minus from '@lucide/svelte/icons/minus'
import Pilcrow from '@lucide/svelte/icons/pilcrow'
import Share from '@lucide/svelte/icons/share-2'
import Bag from '@lucide/svelte/icons/shopping-bag'
import Space from '@lucide/svelte/icons/move-vertical'
import Pointer from '@lucide/svelte/icons/mouse-pointer-click'
import type { BlockType } from './document'

export const icons: Record<BlockType, Component> = {
  heading: Heading, text: Pilcrow, image: Image, button: Pointer, columns: Columns, divider: Minus, spacer: Space, social: Share, product: Bag, footer: Footprints, html: Code,
}
