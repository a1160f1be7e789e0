/** The shapes the screens work with, as the API describes them. Times are RFC 3339 UTC strings; money is a decimal string. */
export type Id = string
export type Instant = string
export type Language = 'es' | 'en'
export type Text = { es?: string; en?: string }

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}
/** Tokens, or a challenge to answer first. */
export interface SessionAnswer {
  access_token: string | null
  refresh_token: string | null
  expires_in: number | null
  challenge: 'new_password_required' | null
  session: string | null
}
export type Role = 'owner' | 'admin' | 'marketer' | 'sales' | 'support' | 'viewer'
export interface Membership {
  id: Id
  name: string
  role: Role
  permissions: string[]
}
export interface Me {
  user_id: Id
  email: string
  name: string | null
  language: Language | null
  workspaces: Membership[]
}
export interface Workspace {
  id: Id
  name: string
  language: Language
  time_zone: string
  currency: string
  postal_address: string | null
  sender: { name: string; email: string } | null
  version: number
}
export interface Member {
  user_id: Id
  email: string
  name: string | null
  role: Role
  version: number
  created_at: Instant
  last_seen_at: Instant | null
}
export interface ApiKey {
  id: Id
  name: string
  prefix: string
  scopes: string[]
  created_at: Instant
  expires_at: Instant | null
  last_used_at: Instant | null
  version: number
  key?: string
}
export interface Permissions {
  roles: Record<string, string[]>
  permissions: string[]
}
export type JobState = 'queued' | 'running' | 'done' | 'failed'
export interface Job {
  id: Id
  kind: string
  state: JobState
  done: number
  total: number | null
  error: string | null
  result: unknown
}
export interface Score {
  fit: number
  engagement: number
  total: number
  grade: string
}
export interface Touch {
  source: string | null
  medium: string | null
  campaign: string | null
  term: string | null
  content: string | null
  referrer: string | null
  landing_page: string | null
  form_id: Id | null
  at: Instant | null
}
export interface Consent {
  purpose: string
  state: 'granted' | 'withdrawn'
  at: Instant
  source: string | null
  text_version: string | number | null
}
export interface Contact {
  id: Id
  first_name: string | null
  last_name: string | null
  display_name: string
  emails: { address: string; label: string | null; primary: boolean }[]
  phones: { number: string; label: string | null; primary: boolean }[]
  company_id: Id | null
  company_name: string | null
  language: string | null
  time_zone: string | null
  country: string | null
  city: string | null
  tags: string[]
  lifecycle_stage: string | null
  owner_id: Id | null
  score: Score | null
  first_touch: Touch | null
  last_touch: Touch | null
  consents: Consent[]
  suppressed: { reason: string; at: Instant } | null
  open_lead_id: Id | null
  created_at: Instant
  updated_at: Instant
  version: number
}
export interface Activity {
  id: Id
  at: Instant
  kind: string
  title_key: string
  data: Record<string, unknown>
  actor: unknown
}
export type LeadStatus = 'new' | 'working' | 'qualified' | 'disqualified'
export interface Lead {
  id: Id
  status: LeadStatus
  contact_id: Id
  contact: { display_name: string; email: string | null; company_name: string | null }
  source: string | null
  medium: string | null
  campaign: string | null
  form_id: Id | null
  owner_id: Id | null
  score: Score | null
  disqualify_reason: string | null
  created_at: Instant
  updated_at: Instant
  version: number
}
export interface ScoreChange {
  at: Instant
  points: number
  reason: string
  rule_id: Id
  dimension: 'fit' | 'engagement'
  total: number
}
export interface Hit {
  kind: 'contact' | 'company' | 'lead' | 'deal'
  id: Id
  title: string
  subtitle: string | null
}
export interface Company {
  id: Id
  name: string
  domain?: string | null
  industry?: string | null
  country?: string | null
  city?: string | null
  size?: string | number | null
  created_at?: Instant
  version?: number
}
export interface Stage {
  id: Id
  name: string
  probability?: number | null
}
export interface Pipeline {
  id: Id
  name: string
  stages: Stage[]
}
export interface Deal {
  id: Id
  title?: string
  name?: string
  amount?: string | null
  currency?: string | null
  stage_id?: Id
  pipeline_id?: Id
  contact_id?: Id | null
  company_id?: Id | null
  company_name?: string | null
  contact_name?: string | null
  expected_close?: string | null
  created_at?: Instant
}
export interface FieldOption {
  value: string
  label: Text
}
export interface FormField {
  name: string
  type: string
  required: boolean
  label: Text
  options: FieldOption[]
  max_length: number | null
}
export interface FormConsent {
  id: Id
  purpose: string
  text: Text
  required: boolean
  version?: number | string
}
export interface FormSettings {
  form_key: string
  name: string
  language: 'es' | 'en' | 'auto'
  fields: FormField[]
  consents: FormConsent[]
  title: Text
  submit_label: Text
  thank_you: Text | null
  redirect_url: string | null
  source: string | null
  tags: string[]
  throttle_per_minute: number
  counts: { accepted: number; quarantined: number }
  state: 'live' | 'paused'
  version: number
}
export interface Submission {
  id: Id
  state: 'accepted' | 'quarantined' | string
  at?: Instant
  created_at?: Instant
  values: Record<string, unknown>
  reason?: string | null
  reasons?: string[]
  contact_id?: Id | null
  lead_id?: Id | null
}
export interface ScoringRule {
  id: Id
  name: string
  dimension: 'fit' | 'engagement'
  when: Record<string, unknown>
  points: number
  enabled: boolean
}
export interface ScoringRules {
  rules: ScoringRule[]
  grades: Record<string, unknown>
  version: number
}
export interface Condition {
  field: string
  op: string
  value?: string | number | boolean | (string | number)[] | null
}
export type Conditions = { all: Conditions[] } | { any: Conditions[] } | { not: Conditions } | Condition
export interface Segment {
  id: Id
  name: string
  kind: 'static' | 'dynamic'
  conditions: Conditions | null
  count: number
  state: 'ready' | 'filling'
  refreshed_at: Instant | null
  version: number
}
export interface Counts {
  pending: number
  claimed: number
  sent: number
  delivered: number
  bounced: number
  complained: number
  failed: number
  suppressed: number
  unknown: number
  parked: number
  opened: number
  clicked: number
  unsubscribed: number
}
export type CampaignState = 'draft' | 'scheduled' | 'planning' | 'sending' | 'paused' | 'finished' | 'cancelled'
export interface Campaign {
  id: Id
  name: string
  subject: string
  preheader: string | null
  from: { name: string; email: string } | null
  reply_to: string | null
  body: { format: 'mjml' | 'html'; source: string }
  segment_ids: Id[]
  language: Language | null
  state: CampaignState
  audience: number | null
  counts: Counts
  scheduled_at: Instant | null
  time_zone: string | null
  started_at: Instant | null
  finished_at: Instant | null
  created_at: Instant
  updated_at: Instant
  version: number
  warnings: Warning[]
}
export type Warning = string | { code?: string; message?: string }
export interface Preview {
  subject: string
  html: string
  text: string
}
export interface Estimate {
  audience: number
  sendable: number
  cost: { currency: string; amount: string; breakdown: unknown }
}
export interface Recipient {
  contact_id: Id
  email: string
  state: string
  reason: string | null
  sent_at: Instant | null
  delivered_at: Instant | null
  opened_at: Instant | null
  clicked_at: Instant | null
  attempt: number
}
export interface WeeklyReport {
  period: { start: string; end: string; time_zone: string }
  leads: {
    total: number
    previous_total: number
    by_source: { source: string; count: number }[]
    by_day: { day: string; count: number }[]
  }
  funnel: { step: string; count: number }[]
  scores: { average: number | null; by_grade: { grade: string; count: number }[] }
  campaigns: {
    id: Id
    name: string
    sent: number
    delivered: number
    opened: number
    clicked: number
    unsubscribed: number
    bounced: number
  }[]
}
export interface ReportRun {
  id: Id
  report: string
  state: 'queued' | 'running' | 'delivered' | 'failed' | 'missed'
  period: { start: string; end: string; time_zone?: string } | null
  recipients: string[]
  delivery: { message_ids?: string[]; delivered?: number | string[]; bounced?: number | string[] } | null
  file_url: string | null
  csv_url: string | null
  created_at: Instant
  finished_at: Instant | null
}
export interface ReportSchedule {
  enabled: boolean
  weekday: number
  hour: number
  time_zone: string
  recipients: string[]
  language: Language
  next_run_at: Instant | null
  version: number
}
