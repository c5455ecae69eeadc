// Put into every window that the benchmark opens: tells when counts, hits and facets of the next answer are painted.
const watch = {
  panels: {},

  // The panel of a key; looked for again only when it has been replaced, as the look costs what is measured.
  panel(key) {
    if (watch.panels[key]?.isConnected) return watch.panels[key]
    const holder = document.querySelector(`.st-key-${key}`)
    for (const element of holder?.querySelectorAll("*") ?? []) {
      const panel = element.shadowRoot?.querySelector(".panel")
      if (panel) return (watch.panels[key] = panel)
    }
    return null
  },

  // What each panel was drawn from.
  drawn() {
    return ["counts", "hits", "facets"].map((key) => watch.panel(key)?.source ?? "")
  },

  // Remember what is drawn now, of one panel if it is named; the clock starts with the next event of that kind.
  begin(kind, key) {
    watch.before = watch.drawn()
    watch.source = key && watch.panel(key).source
    watch.began = null
    document.addEventListener(kind, (event) => { watch.began = event.timeStamp }, { capture: true, once: true })
  },

  // Looks by the clock, not by frames: waiting for a frame makes the browser draw one, which costs what is measured.
  async until(condition) {
    const limit = performance.now() + 20_000
    while (!condition()) {
      if (performance.now() > limit) throw new Error("the page was not drawn in time")
      await new Promise((next) => setTimeout(next, 5))
    }
    await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    return performance.now()
  },

  // Counts always change (they name the time taken); hits come last. Facets are drawn before both.
  async painted() {
    const now = await watch.until(() => {
      const [counts, hits] = watch.drawn()
      return counts && hits && counts !== watch.before[0] && hits !== watch.before[1]
    })
    return now - watch.began
  },

  // The panel that was named at the beginning is another.
  async redrawn(key) {
    const now = await watch.until(() => watch.panel(key)?.source && watch.panel(key).source !== watch.source)
    return now - watch.began
  },

  async first() {
    watch.loaded = await watch.until(() => watch.drawn().every((html) => html))
  },
}
window.watch = watch
