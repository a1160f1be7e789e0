/** Rich text of people: the few tags the API keeps, once more on this side, with mentions made visible. */
const TAGS = new Set(['P', 'BR', 'STRONG', 'B', 'EM', 'I', 'U', 'S', 'DEL', 'UL', 'OL', 'LI', 'BLOCKQUOTE', 'CODE', 'PRE', 'A', 'H1', 'H2', 'H3', 'HR', 'SUB', 'SUP', 'MARK'])
const DROPPED = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT', 'IFRAME', 'OBJECT', 'SVG', 'MATH', 'TITLE', 'TEXTAREA'])
const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign)
const pattern = (names: readonly string[]): RegExp | null =>
  names.length ? new RegExp(`@(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'gu') : null

/** HTML that may stand in the page: unknown tags are taken off, attributes but a safe `href` are gone. */
export function clean(html: string, names: readonly string[] = []): string {
  const mention = pattern(names)
  const write = (node: Node): string => {
    if (node.nodeType === 3) {
      const text = escape(node.textContent ?? '')
      return mention ? text.replace(mention, '<mark>@$1</mark>') : text
    }
    if (!(node instanceof Element) || DROPPED.has(node.tagName.toUpperCase())) return ''
    const inner = [...node.childNodes].map(write).join('')
    const tag = node.tagName.toUpperCase()
    if (tag === 'DIV') return `<p>${inner || '<br>'}</p>`
    if (!TAGS.has(tag)) return inner
    const name = tag.toLowerCase()
    if (tag === 'BR' || tag === 'HR') return `<${name}>`
    if (tag !== 'A') return `<${name}>${inner}</${name}>`
    const href = node.getAttribute('href') ?? ''
    return /^(https?:|mailto:|tel:)/i.test(href) ? `<a href="${escape(href)}" target="_blank" rel="noopener nofollow">${inner}</a>` : inner
  }
  return [...new DOMParser().parseFromString(html, 'text/html').body.childNodes].map(write).join('')
}
/** Whether there is anything to read. */
export const blank = (html: string): boolean => !html.replace(/<[^>]*>/g, '').replace(/&nbsp;|\s/g, '')
/** Plain text as paragraphs. */
export const paragraphs = (text: string): string => text.split(/\n{2,}/).map((part) => `<p>${escape(part).replace(/\n/g, '<br>')}</p>`).join('')
/** The people named in a text, out of those one may name. */
export const named = (html: string, people: readonly { id: string; name: string }[]): string[] => {
  const text = new DOMParser().parseFromString(html, 'text/html').body.textContent ?? ''
  return people.filter((one) => one.name && text.includes(`@${one.name}`)).map((one) => one.id)
}
