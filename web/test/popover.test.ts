import { cleanup, render } from '@testing-library/svelte'
import { createRawSnippet, tick } from 'svelte'
import { afterEach, expect, it } from 'vitest'
import Popover from '../src/ui/Popover.svelte'

afterEach(cleanup)

it('closes when one goes on with Tab, and stays while one moves within it', async () => {
  const html = (text: string) => createRawSnippet(() => ({ render: () => text }))
  const { container, getByRole } = render(Popover, { label: 'Field', button: html('<span>Open</span>'), children: html('<p><input class="one"><input class="two"></p>') as never })
  getByRole('button').click()
  await tick()
  const [one, two] = [...container.querySelectorAll('input')]
  one?.dispatchEvent(new FocusEvent('focusout', { bubbles: true, relatedTarget: two ?? null }))
  await tick()
  expect(container.querySelector('[role=dialog]')).not.toBeNull()
  two?.dispatchEvent(new FocusEvent('focusout', { bubbles: true, relatedTarget: document.body }))
  await tick()
  expect(container.querySelector('[role=dialog]')).toBeNull()
})
