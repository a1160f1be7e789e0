/** What can be done to tasks in any list of them: at once on the screen, taken back when the API refuses, with undo. */
import { ApiError } from '../../api/client'
import { tasksApi, type Task } from '../../api/sales'
import { toasts } from '../../state/toasts.svelte'
import { date, t, tn } from '../../i18n/index.svelte'

export class Tasks {
  items = $state.raw<Task[]>([])

  put(task: Task): void {
    const known = this.items.some((one) => one.id === task.id)
    this.items = known ? this.items.map((one) => (one.id === task.id ? task : one)) : [...this.items, task]
  }
  take(id: string): void {
    this.items = this.items.filter((one) => one.id !== id)
  }
  /** Done: it stays, struck through, until the list is loaded again; a repeating one shows its next turn. */
  async complete(task: Task): Promise<void> {
    this.put({ ...task, state: 'done' })
    try {
      const { task: done, next } = await tasksApi.complete(task.id, task.version)
      this.put(done)
      if (next) this.put(next)
      const text = next?.due_at ? t('tasks.done_next', { day: date(next.due_at, { weekday: 'long', day: 'numeric', month: 'short' }) }) : t('tasks.done')
      toasts.done(text, () => void this.reopen(done, next))
    } catch (error) {
      this.back(task, error)
    }
  }
  /** Open again; the next turn that came of it goes. */
  async reopen(task: Task, next: Task | null = null): Promise<void> {
    this.put({ ...task, state: 'open' })
    try {
      if (next) {
        await tasksApi.drop(next.id)
        this.take(next.id)
      }
      this.put(await tasksApi.reopen(task.id, task.version))
    } catch (error) {
      this.back(task, error)
    }
  }
  async change(task: Task, change: Partial<Task>, undo = true): Promise<void> {
    this.put({ ...task, ...change })
    try {
      const saved = await tasksApi.change(task.id, { ...change, version: task.version })
      this.put(saved)
      const before = Object.fromEntries(Object.keys(change).map((key) => [key, task[key as keyof Task]])) as Partial<Task>
      toasts.done(t('tasks.saved'), undo ? () => void this.change(saved, before, false) : undefined)
    } catch (error) {
      this.back(task, error)
    }
  }
  async drop(tasks: Task[]): Promise<void> {
    for (const task of tasks) this.take(task.id)
    const ends = await Promise.allSettled(tasks.map((task) => tasksApi.drop(task.id)))
    const gone = tasks.filter((_, index) => ends[index]?.status === 'fulfilled')
    ends.forEach((end, index) => {
      const task = tasks[index]
      if (end.status === 'rejected' && task) this.back(task, end.reason)
    })
    if (!gone.length) return
    toasts.done(tn('tasks.deleted', gone.length), () => {
      for (const task of gone) tasksApi.restore(task.id).then((back) => this.put(back), (error: unknown) => toasts.failed(error))
    })
  }
  /** The same for many, one after another: the API takes tasks one by one. */
  async completeAll(tasks: Task[]): Promise<void> {
    const done: [Task, Task | null][] = []
    for (const task of tasks) {
      try {
        const answer = await tasksApi.complete(task.id, task.version)
        this.put(answer.task)
        if (answer.next) this.put(answer.next)
        done.push([answer.task, answer.next])
      } catch (error) {
        toasts.failed(error)
      }
    }
    if (done.length) toasts.done(tn('tasks.done_many', done.length), () => done.forEach(([task, next]) => void this.reopen(task, next)))
  }
  async changeAll(tasks: Task[], change: (task: Task) => Partial<Task>): Promise<void> {
    const saved: [Task, Partial<Task>][] = []
    for (const task of tasks) {
      const wanted = change(task)
      try {
        const next = await tasksApi.change(task.id, { ...wanted, version: task.version })
        this.put(next)
        saved.push([next, Object.fromEntries(Object.keys(wanted).map((key) => [key, task[key as keyof Task]])) as Partial<Task>])
      } catch (error) {
        toasts.failed(error)
      }
    }
    if (saved.length) toasts.done(tn('tasks.changed_many', saved.length), () => saved.forEach(([task, before]) => void this.change(task, before, false)))
  }
  private back(task: Task, error: unknown): void {
    const current = error instanceof ApiError && error.status === 409 ? (error.problem.current as Task | undefined) : undefined
    this.put(current?.id === task.id ? current : task)
    toasts.failed(error)
  }
}
