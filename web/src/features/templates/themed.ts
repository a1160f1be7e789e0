/** A mail as it looks by day or by night: what it says about dark screens holds, or does not, whatever the browser's own theme is. */
export function themed(html: string, dark: boolean): string {
  return html.replace(/\(\s*prefers-color-scheme\s*:\s*dark\s*\)/gi, dark ? '(min-width: 0px)' : '(max-width: 0px)')
}
