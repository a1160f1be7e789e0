import { beforeEach, describe, expect, it, vi } from 'vitest'

const said: { url: string; body: Record<string, string> }[] = []
async function visit(address: string): Promise<void> {
  vi.resetModules()
  history.replaceState(null, '', address)
  const script = document.createElement('script')
  Object.defineProperty(script, 'src', { value: 'https://crm.example/embed/goal.js' })
  script.setAttribute('data-amount', '49.90')
  Object.defineProperty(document, 'currentScript', { value: script, configurable: true })
  await import('../src/embed/goal')
}

describe('the script on the pages of a goal', () => {
  beforeEach(() => {
    said.length = 0
    localStorage.clear()
    navigator.sendBeacon = (url, body) => {
      said.push({ url: String(url), body: JSON.parse(String(body)) as Record<string, string> })
      return true
    }
  })
  it('says nothing of people who did not come by a mail', async () => {
    await visit('/thanks')
    expect(said).toEqual([])
    expect(localStorage.length).toBe(0)
  })
  it('keeps the token of the visit and takes it out of the address', async () => {
    await visit('/sale?a=1&cl=TOKEN#top')
    expect(location.href).not.toContain('TOKEN')
    expect(location.search).toBe('?a=1')
    expect(location.hash).toBe('#top')
    await visit('/thanks')
    expect(said.map((one) => [one.url, one.body['token'], new URL(one.body['url'] ?? '').pathname, one.body['amount']])).toEqual([
      ['https://crm.example/t/g', 'TOKEN', '/sale', '49.90'],
      ['https://crm.example/t/g', 'TOKEN', '/thanks', '49.90'],
    ])
  })
})
