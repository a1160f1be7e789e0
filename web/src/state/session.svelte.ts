/** Who is signed in, in which workspace, and what they may do. */
import { client, ok } from '../api/client'
import type { Me, Membership, Member, Workspace } from '../api/types'
import { expire, hold, isSignedIn, refreshToken, setWorkspaceId, workspaceId } from './tokens.svelte'
import { preferredLocale, setLocale } from '../i18n/index.svelte'

let me = $state<Me | null>(null)
let workspace = $state<Workspace | null>(null)
let members = $state<Member[]>([])

export const session = {
  get signedIn(): boolean {
    return isSignedIn()
  },
  get me(): Me | null {
    return me
  },
  get membership(): Membership | null {
    return me?.workspaces.find((one) => one.id === workspaceId()) ?? null
  },
  /** The workspace's settings, once loaded. */
  get workspace(): Workspace | null {
    return workspace
  },
  set workspace(next: Workspace | null) {
    workspace = next
  },
  get members(): Member[] {
    return members
  },

  /** Whether the person's role allows something; hides what the API would refuse. */
  can(permission: string): boolean {
    return session.membership?.permissions.includes(permission) ?? false
  },
  memberName(id: string | null): string {
    if (!id) return ''
    const found = members.find((member) => member.user_id === id)
    return found?.name || found?.email || ''
  },

  /** Loads the person and their workspace after sign-in or a reload. */
  async load(): Promise<void> {
    me = await ok(client.GET('/v1/me'))
    if (!me.workspaces.some((one) => one.id === workspaceId()) && me.workspaces[0]) setWorkspaceId(me.workspaces[0].id)
    if (!localStorage.getItem('clientela.language')) await setLocale(me.language === 'es' || me.language === 'en' ? me.language : preferredLocale())
    void session.loadWorkspace()
  },
  async loadWorkspace(): Promise<void> {
    if (!workspaceId()) return
    const [settings, people] = await Promise.allSettled([
      ok(client.GET('/v1/workspace')),
      ok(client.GET('/v1/members')),
    ])
    workspace = settings.status === 'fulfilled' ? settings.value : null
    members = people.status === 'fulfilled' ? people.value.items : []
  },
  async switchTo(id: string): Promise<void> {
    setWorkspaceId(id)
    workspace = null
    members = []
    await session.loadWorkspace()
  },
  async signOut(): Promise<void> {
    const token = refreshToken()
    if (token) await client.POST('/v1/session/sign-out', { body: { refresh_token: token } }).catch(() => undefined)
    expire()
    me = null
    workspace = null
    members = []
  },
  hold,
}
