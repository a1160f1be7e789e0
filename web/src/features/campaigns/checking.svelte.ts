/** What the checks say of a message, asked a moment after each change without saving it; and what the API would refuse of it. */
import { templatesApi, type Look } from '../../api/templates'
import { ofLanguage, refusals, type Said } from '../templates/notices'

/** How long after the last key, in milliseconds. */
const PAUSE = 600

export class Checking {
  notices = $state.raw<Said[]>([])
  size = $state(0)
  known = $state(false)
  /** What is looked at: one object per change, as the preview wants it. */
  look = $state.raw<Look | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  at(look: Look): void {
    const turn = ++this.#turn
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#check(look, turn), this.look ? PAUSE : 0)
  }
  stop(): void {
    clearTimeout(this.#timer)
    this.#turn++
  }
  async #check(look: Look, turn: number): Promise<void> {
    this.look = look
    try {
      const found = await templatesApi.check(look)
      if (turn !== this.#turn) return
      this.size = found.size
      this.notices = ofLanguage(found.warnings, '', '')
      this.known = true
    } catch (error) {
      // Without the network there is nothing to say; what was refused is said where it stands.
      if (turn === this.#turn) this.notices = refusals(error)
    }
  }
}
