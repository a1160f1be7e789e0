/** Long work on the server, followed until it ends and shown as a progress line. */
import { client, ok } from '../api/client'
import type { Job } from '../api/types'

export interface Followed {
  id: string
  title: string
  job: Job
}
let list = $state<Followed[]>([])

export const jobs = {
  get list(): Followed[] {
    return list
  },
  close(id: string): void {
    list = list.filter((one) => one.id !== id)
  },
  /** Follows a job; `ended` runs once with its last state. */
  follow(job: Job, title: string, ended?: (job: Job) => void): void {
    list = [...list.filter((one) => one.id !== job.id), { id: job.id, title, job }]
    void poll(job.id, ended)
  },
}

async function poll(id: string, ended?: (job: Job) => void): Promise<void> {
  let pause = 700
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
    if (job.state === 'done' || job.state === 'failed') {
      ended?.(job)
      setTimeout(() => jobs.close(id), job.state === 'done' ? 4000 : 12_000)
      return
    }
    if (!list.some((one) => one.id === id)) return
  }
}
