/** Whether the last request reached the API; drives the offline banner. */
let online = $state(typeof navigator === 'undefined' ? true : navigator.onLine)

if (typeof window !== 'undefined') {
  window.addEventListener('online', () => (online = true))
  window.addEventListener('offline', () => (online = false))
}
export const connection = {
  get online(): boolean {
    return online
  },
  reached(): void {
    online = true
  },
  lost(): void {
    online = false
  },
}
