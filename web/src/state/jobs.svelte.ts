/** Long work on the server, followed until it ends and shown as a progress line. */
import { client, ok } from '../api/client'
import type { Job } from '../api/types'
import { t } from '../i18n/index.svelte'
import { toasts } from './toasts.svelte'

/** What a progress line needs to know; the rest comes with the first look. */
type Work = Pick<Job, 'id' | 'state' | 'done' | 'total' | 'error'> & Partial<Job>
export interface Followed {
  id: string
  title: string
  job: Work
  /** Whether it can be stopped while it runs. */
  stops: boolean
}
interface Options {
  stops?: boolean
  /** Runs again when the work has been taken back. */
  undone?: () => void
}
let list = $state<Followed[]>([])
const backs = new Map<string, () => void>()
/** Whether it has ended, one way or another. */
export const over = (job: { state: string }): boolean => job.state === 'done' || job.state === 'failed' || job.state === 'cancelled'

export const jobs = {
  get list(): Followed[] {
    return list
  },
  close(id: string): void {
    list = list.filter((one) => one.id !== id)
  },
  /** Follows a job; `ended` runs once with its last state. */
  follow(job: Work, title: string, ended?: (job: Job) => void, options: Options = {}): void {
    list = [...list.filter((one) => one.id !== job.id), { id: job.id, title, job, stops: options.stops ?? false }]
    if (options.undone) backs.set(job.id, options.undone)
    void poll(job.id, ended)
  },
  /** Stops the work where it is; what is done stays, and can be taken back. */
  async stop(id: string): Promise<void> {
    try {
      const job = await ok(client.POST('/v1/jobs/{job_id}/cancel', { params: { path: { job_id: id } } }))
      list = list.map((one) => (one.id === id ? { ...one, job } : one))
    } catch (problem) {
      toasts.failed(problem)
    }
  },
  /** Takes back what the work has changed. */
  async undo(id: string): Promise<void> {
    const followed = list.find((one) => one.id === id)
    try {
      const job = await ok(client.POST('/v1/jobs/{job_id}/undo', { params: { path: { job_id: id } } }))
      jobs.close(id)
      jobs.follow(job, t('job.undoing', { title: followed?.title ?? '' }), () => backs.get(id)?.())
    } catch (problem) {
      toasts.failed(problem)
    }
  },
}

async function poll(id: string, ended?: (job: Job) => void): Promise<void> {
  let pause = 500
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, pause))
    pause = Math.min(pause * 1.3, 4000)
    let job: Job
    try {
      job = await ok(client.GET('/v1/jobs/{job_id}', { params: { path: { job_id: id } } }))
    } catch {
      continue
    }
    list = list.map((one) => (one.id === id ? { ...one, job } : one))
    if (over(job)) {
      ended?.(job)
      setTimeout(() => jobs.close(id), job.state === 'done' && !job.undoable ? 4000 : 14_000)
      return
    }
  }
}
