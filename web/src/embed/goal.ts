/**
 * On the pages of a campaign's goal:
 *   <script src="https://…/embed/goal.js" data-amount="49.90" data-currency="EUR" async></script>
 * Put it on all pages that a mail leads to as well: it keeps the token that the link brought along (`cl`) for the visit, in this site's
 * own storage, takes it out of the address, and reports every page it stands on; the campaign knows which of them is its goal. No
 * cookie, nothing of third parties, nothing about people who did not come by such a link. data-amount and data-currency are optional.
 */
;(function () {
  const script = document.currentScript as HTMLScriptElement | null
  if (!script) return
  const NAME = 'clientela.cl'
  const page = new URL(location.href)
  let token = page.searchParams.get('cl')
  try {
    if (token) localStorage.setItem(NAME, token)
    else token = localStorage.getItem(NAME)
  } catch {
    // storage is switched off: then only the page that the link leads to can be reported
  }
  if (page.searchParams.has('cl')) {
    page.searchParams.delete('cl')
    history.replaceState(history.state, '', page.pathname + page.search + page.hash)
  }
  if (!token) return
  const said = JSON.stringify({
    token,
    url: page.origin + page.pathname + page.search,
    amount: script.getAttribute('data-amount') || '',
    currency: script.getAttribute('data-currency') || '',
  })
  const address = new URL(script.src).origin + '/t/g'
  if (!(navigator.sendBeacon && navigator.sendBeacon(address, said))) void fetch(address, { method: 'POST', body: said, keepalive: true, mode: 'no-cors', credentials: 'omit' })
})()

export {}
