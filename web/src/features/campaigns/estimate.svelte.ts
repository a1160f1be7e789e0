/** Who would get a campaign as it is saved now, and what that would cost; an answer overtaken by a later question is dropped. */
import { client, ok } from '../../api/client'
import type { Estimate } from '../../api/types'
import type { Campaign } from './model'

export class Estimating {
  data = $state.raw<Estimate | null>(null)
  error = $state.raw<unknown>(null)
  busy = $state(false)
  #asked = ''
  #turn = 0

  /** Asks again when the campaign is not the one it asked about last. */
  ask(campaign: Campaign | null, again = false): void {
    if (!campaign || !(campaign.segment_ids.length || campaign.resend_of)) {
      this.#asked = ''
      this.#turn++
      this.data = null
      this.busy = false
      return
    }
    const key = `${campaign.id}:${campaign.version}`
    if (key === this.#asked && !again) return
    this.#asked = key
    void this.#ask(campaign.id, ++this.#turn)
  }
  async #ask(id: string, turn: number): Promise<void> {
    this.busy = true
    try {
      const found = await ok(client.POST('/v1/campaigns/{campaign_id}/estimate', { params: { path: { campaign_id: id } } }))
      if (turn !== this.#turn) return
      this.data = found
      this.error = null
    } catch (error) {
      if (turn !== this.#turn) return
      this.error = error
      this.#asked = ''
    } finally {
      if (turn === this.#turn) this.busy = false
    }
  }
}
