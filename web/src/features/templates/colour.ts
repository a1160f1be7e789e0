/** Colours: those of the brand kit by name, and how well one is read on another (WCAG 2.2). */
import { BRAND_COLOURS, FONTS, type BrandColour, type Colour } from './document'

export interface Brand {
  logo_url: string
  logo_alt: string
  logo_width: number
  colors: Record<BrandColour, string>
  font: string
  heading_font: string
  radius: number
  footer_text: string
  social: { network: string; href: string }[]
}
/** What shows until the workspace's own kit is here. */
export const PLAIN: Brand = {
  logo_url: '', logo_alt: '', logo_width: 160,
  colors: { primary: '#1f5eff', secondary: '#0f766e', background: '#f2f4f7', surface: '#ffffff', text: '#1d2733', muted: '#5b6776', link: '#1a4fd6', on_primary: '#ffffff' },
  font: 'arial', heading_font: 'arial', radius: 6, footer_text: '', social: [],
}
/** The kit of an answer, whole. */
export function brandOf(given: Partial<Omit<Brand, 'colors'>> & { colors?: Partial<Brand['colors']> }): Brand {
  return {
    logo_url: given.logo_url ?? '', logo_alt: given.logo_alt ?? '', logo_width: given.logo_width ?? PLAIN.logo_width, colors: { ...PLAIN.colors, ...given.colors }, font: given.font ?? PLAIN.font,
    heading_font: given.heading_font ?? PLAIN.heading_font, radius: given.radius ?? PLAIN.radius, footer_text: given.footer_text ?? '', social: (given.social ?? []).map((one) => ({ ...one })),
  }
}
const STACKS: Record<string, string> = {
  arial: 'Arial, Helvetica, sans-serif', helvetica: 'Helvetica, Arial, sans-serif', verdana: 'Verdana, Geneva, sans-serif', tahoma: 'Tahoma, Verdana, sans-serif',
  trebuchet: "'Trebuchet MS', Tahoma, sans-serif", georgia: 'Georgia, serif', times: "'Times New Roman', Times, serif", courier: "'Courier New', Courier, monospace",
}
export const isBrandColour = (value: string): value is BrandColour => (BRAND_COLOURS as readonly string[]).includes(value)
export const isHex = (value: string): boolean => /^#[0-9a-f]{6}$/i.test(value)

/** The colour as `#rrggbb`. */
export function hex(value: Colour | undefined, brand: Brand, otherwise: BrandColour): string {
  const named = value || otherwise
  return isBrandColour(named) ? brand.colors[named] : isHex(named) ? named : brand.colors[otherwise]
}
export function stack(font: string | undefined, brand: Brand, heading = false): string {
  const key = font && font !== 'brand' ? font : heading ? brand.heading_font : brand.font
  return STACKS[key] ?? STACKS[FONTS[0]] ?? 'sans-serif'
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
/** Between 1 and 21; text needs 4.5, big text 3. */
export function contrast(one: string, other: string): number {
  if (!isHex(one) || !isHex(other)) return 21
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}
