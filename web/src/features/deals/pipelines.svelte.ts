/** The workspace's pipelines, loaded once for all screens that show stages. */
import { pipelinesApi, type Pipeline, type Stage } from '../../api/sales'
import { Loader } from '../../state/load.svelte'
import { workspaceId } from '../../state/tokens.svelte'

const loader = new Loader<Pipeline[]>(async () => (await pipelinesApi.list()).items.filter((one) => !one.archived))
let of = $state<string | null>(null)

export const pipelines = {
  /** Loads them again; screens that are open show what they have meanwhile. */
  load(): Promise<void> {
    if (of !== workspaceId()) loader.data = null
    of = workspaceId()
    return loader.load()
  },
  get list(): Pipeline[] | null {
    return of === workspaceId() ? loader.data : null
  },
  get error(): unknown {
    return loader.error
  },
  of(id: string | null | undefined): Pipeline | undefined {
    return pipelines.list?.find((one) => one.id === id)
  },
  /** The name of a stage, whichever pipeline has it. */
  nameOf(id: string): string | undefined {
    return pipelines.list?.flatMap((one) => one.stages).find((one) => one.id === id)?.name
  },
  stage(deal: { pipeline_id: string; stage_id: string }): Stage | undefined {
    return pipelines.of(deal.pipeline_id)?.stages.find((one) => one.id === deal.stage_id)
  },
}
