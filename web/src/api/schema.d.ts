/** The API's paths. Provisional, written by hand: `npm run schema` replaces this file by the one generated from openapi.json. */
import type * as T from './types'

type None = { none?: never }
type Op<R, Path = None, Query = None, Body = undefined> = {
  parameters: (Path extends None ? { path?: never } : { path: Path }) & { query?: Query; header?: never; cookie?: never }
  responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': R } } }
} & (Body extends undefined ? { requestBody?: never } : { requestBody: { content: { 'application/json': Body } } })
type Paging = { limit?: number; cursor?: string }
type ById = { id: string }
type Any = Record<string, unknown>
type Versioned = { version: number }
type CampaignBody = {
  name: string
  subject: string
  preheader?: string | null
  from: { name: string; email: string } | null
  reply_to?: string | null
  body: { format: 'mjml' | 'html'; source: string }
  segment_ids: string[]
  language?: T.Language | null
}

export interface paths {
  '/v1/session': { post: Op<T.SessionAnswer, None, None, { email: string; password: string }> }
  '/v1/session/new-password': { post: Op<T.SessionAnswer, None, None, { email: string; session: string; new_password: string }> }
  '/v1/session/refresh': { post: Op<T.SessionAnswer, None, None, { refresh_token: string }> }
  '/v1/session/forgotten-password': { post: Op<Any, None, None, { email: string }> }
  '/v1/session/reset-password': { post: Op<Any, None, None, { email: string; code: string; new_password: string }> }
  '/v1/session/sign-out': { post: Op<Any, None, None, { refresh_token: string }> }
  '/v1/me': { get: Op<T.Me> }
  '/v1/workspace': { get: Op<T.Workspace>; patch: Op<T.Workspace, None, None, Partial<T.Workspace> & Versioned> }
  '/v1/members': { get: Op<T.Page<T.Member>>; post: Op<T.Member, None, None, { email: string; name: string; role: T.Role }> }
  '/v1/members/{user_id}': {
    patch: Op<T.Member, { user_id: string }, None, { role: T.Role } & Versioned>
    delete: Op<Any, { user_id: string }>
  }
  '/v1/api-keys': {
    get: Op<T.Page<T.ApiKey>>
    post: Op<T.ApiKey, None, None, { name: string; scopes: string[]; expires_at?: string | null }>
  }
  '/v1/api-keys/{id}': { delete: Op<Any, ById> }
  '/v1/permissions': { get: Op<T.Permissions> }
  '/v1/jobs/{id}': { get: Op<T.Job, ById> }
  '/v1/contacts': { get: Op<T.Page<T.Contact>, None, Paging> }
  '/v1/contacts/{id}': { get: Op<T.Contact, ById>; patch: Op<T.Contact, ById, None, Partial<T.Contact> & Versioned> }
  '/v1/contacts/{id}/timeline': { get: Op<T.Page<T.Activity>, ById, Paging & { kind?: string }> }
  '/v1/contacts/{id}/notes': { post: Op<T.Activity, ById, None, { text: string }> }
  '/v1/leads': {
    get: Op<T.Page<T.Lead>, None, Paging & { email?: string; status?: string; source?: string; owner_id?: string }>
  }
  '/v1/leads/{id}': {
    get: Op<T.Lead, ById>
    patch: Op<
      T.Lead,
      ById,
      None,
      { status?: T.LeadStatus; owner_id?: string | null; disqualify_reason?: string | null } & Versioned
    >
  }
  '/v1/leads/{id}/score-history': { get: Op<T.Page<T.ScoreChange>, ById, Paging> }
  '/v1/search': { get: Op<T.Page<T.Hit>, None, { q: string; limit?: number }> }
  '/v1/companies': { get: Op<T.Page<T.Company>, None, Paging> }
  '/v1/companies/{id}': { get: Op<T.Company, ById> }
  '/v1/pipelines': { get: Op<T.Page<T.Pipeline>> }
  '/v1/deals': { get: Op<T.Page<T.Deal>, None, Paging & { pipeline_id?: string }> }
  '/v1/forms': { get: Op<T.Page<T.FormSettings>, None, Paging>; post: Op<T.FormSettings, None, None, Any> }
  '/v1/forms/{form_key}/settings': {
    get: Op<T.FormSettings, { form_key: string }>
    put: Op<T.FormSettings, { form_key: string }, None, Any>
    delete: Op<Any, { form_key: string }>
  }
  '/v1/forms/{form_key}/submissions': {
    get: Op<T.Page<T.Submission>, { form_key: string }, Paging & { state?: string }>
  }
  '/v1/forms/{form_key}/submissions/{id}/release': { post: Op<T.Submission, { form_key: string; id: string }> }
  '/v1/scoring-rules': { get: Op<T.ScoringRules>; put: Op<T.ScoringRules, None, None, T.ScoringRules> }
  '/v1/segments': {
    get: Op<T.Page<T.Segment>, None, Paging>
    post: Op<
      T.Segment,
      None,
      None,
      { name: string; kind: 'static' | 'dynamic'; contact_ids?: string[]; conditions?: T.Conditions }
    >
  }
  '/v1/segments/{id}': { get: Op<T.Segment, ById>; delete: Op<Any, ById> }
  '/v1/segments/{id}/contacts': {
    get: Op<T.Page<T.Contact>, ById, Paging>
    post: Op<Any, ById, None, { contact_ids: string[] }>
    delete: Op<Any, ById, None, { contact_ids: string[] }>
  }
  '/v1/campaigns': { get: Op<T.Page<T.Campaign>, None, Paging>; post: Op<T.Campaign, None, None, CampaignBody> }
  '/v1/campaigns/{id}': {
    get: Op<T.Campaign, ById>
    patch: Op<T.Campaign, ById, None, Partial<CampaignBody> & Versioned>
    delete: Op<Any, ById>
  }
  '/v1/campaigns/{id}/preview': { post: Op<T.Preview, ById, None, { contact_id?: string }> }
  '/v1/campaigns/{id}/test': { post: Op<Any, ById, None, { to: string }> }
  '/v1/campaigns/{id}/send': { post: Op<T.Campaign, ById, None, { at?: string; time_zone?: string }> }
  '/v1/campaigns/{id}/pause': { post: Op<T.Campaign, ById> }
  '/v1/campaigns/{id}/resume': { post: Op<T.Campaign, ById> }
  '/v1/campaigns/{id}/cancel': { post: Op<T.Campaign, ById> }
  '/v1/campaigns/{id}/clone': { post: Op<T.Campaign, ById> }
  '/v1/campaigns/{id}/estimate': { get: Op<T.Estimate, ById> }
  '/v1/campaigns/{id}/recipients': {
    get: Op<T.Page<T.Recipient>, ById, Paging & { email?: string; state?: string }>
  }
  '/v1/reports/weekly': { get: Op<T.WeeklyReport, None, { week_of?: string }> }
  '/v1/reports/weekly/runs': { post: Op<T.Job, None, None, Any> }
  '/v1/reports/weekly/schedule': {
    get: Op<T.ReportSchedule>
    put: Op<T.ReportSchedule, None, None, Partial<T.ReportSchedule>>
  }
  '/v1/reports/runs': { get: Op<T.Page<T.ReportRun>, None, Paging> }
}
