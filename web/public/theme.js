// Runs before the first paint so that the chosen theme and language do not flash.
;(function () {
  try {
    var root = document.documentElement
    var theme = localStorage.getItem('clientela.theme')
    var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
    root.dataset.theme = dark ? 'dark' : 'light'
    root.lang = localStorage.getItem('clientela.language') || (/^es/.test(navigator.language) ? 'es' : 'en')
  } catch (_) {}
})()
