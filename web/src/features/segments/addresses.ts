/** E-mail addresses in pasted text: a column of a table, a mail's recipients, one a line. */
export const AT_ONCE = 1000
const LONGEST = 320

export interface Pasted {
  /** What may be addresses, each once, as written. */
  addresses: string[]
  /** Pieces in which there is none. */
  without: string[]
}

/** What stands between line ends, commas and semicolons; of «Ana <ana@example.com>» the address, names in quotation marks left out. */
export function pasted(text: string): Pasted {
  const addresses = new Map<string, string>()
  const without: string[] = []
  for (const piece of text.replace(/"[^"\n]*"/g, ' ').split(/[\n\r,;]+/)) {
    const words = piece.split(/\s+/).map((word) => word.replace(/^(?:mailto:)?[<('[]*(?:mailto:)?|[>)'\].]*$/gi, '')).filter((word) => word.includes('@'))
    for (const word of words) {
      if (word.length > LONGEST) without.push(word.slice(0, 60) + '…')
      else if (!addresses.has(word.toLowerCase())) addresses.set(word.toLowerCase(), word)
    }
    if (!words.length && piece.trim()) without.push(piece.trim().slice(0, 60))
  }
  return { addresses: [...addresses.values()], without }
}
/** Addresses or ids in parts that one request takes. */
export function parts(all: readonly string[]): string[][] {
  const found: string[][] = []
  for (let at = 0; at < all.length; at += AT_ONCE) found.push(all.slice(at, at + AT_ONCE))
  return found
}
