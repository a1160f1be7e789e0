/** Short names for the shapes of the API that the screens work with. */
import type { components } from './schema'

type Schemas = components['schemas']
export type Id = string
export type Language = 'es' | 'en'
/** A text a form keeps in Spanish, English or both. */
export type Text = { es?: string; en?: string }

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}
export type SessionAnswer = Schemas['SessionOut']
export type Me = Schemas['MeOut']
export type Membership = Schemas['MyWorkspaceOut']
export type Workspace = Schemas['WorkspaceOut']
export type Member = Schemas['chalicelib__workspaces__members__schemas__MemberOut']
export type Role = Member['role']
export type ApiKey = Schemas['ApiKeyOut']
export type NewApiKey = Schemas['ApiKeyMade']
export type Job = Schemas['JobOut']
export type Score = Schemas['ScoreOut']
/** A contact in a list has only what lists show; the page of one contact has all. */
export type Contact = Schemas['ContactListed'] & Partial<Pick<Schemas['ContactOut'], 'suppressed' | 'addresses' | 'interests' | 'kyc' | 'merged_ids' | 'deleted_by'>>
export type ContactChange = Schemas['ContactChange']
export type ConsentEntry = Schemas['LedgerOut']
export type Activity = Schemas['ActivityOut']
export type Lead = Schemas['LeadOut']
export type LeadStatus = Lead['status']
export type ScoreChange = Schemas['ScoreChangeOut']
export type Hit = Schemas['chalicelib__customers__search__schemas__HitOut']
export type Company = Schemas['CompanyOut']
export type CompanyChange = Schemas['CompanyChange']
export type Pipeline = Schemas['PipelineOut']
export type Deal = Schemas['DealOut']
export type FieldType = Schemas['FieldType']
export type Submission = Schemas['SubmissionOut']

export interface FieldOption {
  value: string
  label: Text
}
export interface FormField {
  name: string
  type: FieldType
  required: boolean
  label: Text
  options: FieldOption[]
  max_length: number | null
}
export interface FormConsent {
  id: string
  purpose: string
  text: Text
  required: boolean
  version?: number | null
}
/** A form as it is edited: the API's own shape with the fields and consents spelled out. */
export interface FormSettings extends Omit<Schemas['FormIn'], 'fields' | 'consents' | 'title' | 'submit_label' | 'thank_you'> {
  form_key: string
  fields: FormField[]
  consents: FormConsent[]
  title: Text
  submit_label: Text
  thank_you: Text
  redirect_url: string | null
  source: string
  tags: string[]
  throttle_per_minute: number
  language: 'es' | 'en' | 'auto'
  state: 'live' | 'paused'
  counts: Schemas['CountsModel']
  version: number
}
export type FormListed = Schemas['FormOut']

export type ScoringRules = Schemas['RulesOut']
export type ScoringRule = Schemas['RuleModel']
export interface Condition {
  field: string
  op: string
  value?: string | number | boolean | (string | number)[] | null
}
export type Conditions = { all: Conditions[] } | { any: Conditions[] } | { none: Conditions[] } | Condition
export type Segment = Schemas['SegmentOut']
export type SegmentMember = Schemas['chalicelib__marketing__segments__schemas__MemberOut']
export type SegmentPreview = Schemas['chalicelib__marketing__segments__schemas__PreviewOut']

export type Notice = Schemas['NoticeOut']
export type Preview = Schemas['chalicelib__marketing__sending__schemas__PreviewOut']
export type Estimate = Schemas['EstimateOut']
export type Recipient = Schemas['RecipientOut']
export type RecipientState = NonNullable<Schemas['RecipientsQuery']['state']>

export type WeeklyReport = Schemas['WeeklyReportOut']
export type ReportRun = Schemas['RunOut']
export type ReportSchedule = Schemas['ScheduleOut']
