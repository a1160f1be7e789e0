/** Making something over the page one is on: what is asked for, and what came of it. */
export type Kind = 'contact' | 'company' | 'deal' | 'lead' | 'task'

export interface Asked {
  kind: Kind
  /** Fields that are known already, by the names of the API. */
  given: Record<string, unknown>
}
let asked = $state.raw<Asked | null>(null)
let made = $state.raw<{ kind: Kind; record: unknown } | null>(null)

export const create = {
  get asked(): Asked | null {
    return asked
  },
  /** The last thing made from anywhere; lists on the page put it in. */
  get made(): { kind: Kind; record: unknown } | null {
    return made
  },
  open(kind: Kind, given: Record<string, unknown> = {}): void {
    asked = { kind, given }
  },
  close(): void {
    asked = null
  },
  done(kind: Kind, record: unknown): void {
    made = { kind, record }
  },
}
