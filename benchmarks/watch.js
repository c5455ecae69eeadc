// Put into every window that the benchmark opens: tells when counts, hits and facets of the next answer are painted.
const watch = {
  panel(key) {
    const holder = document.querySelector(`.st-key-${key}`)
    if (!holder) return null
    for (const element of holder.querySelectorAll("*")) {
      const panel = element.shadowRoot?.querySelector(".panel")
      if (panel) return panel
    }
    return holder.querySelector(".panel")
  },

  drawn() {
    return ["counts", "hits", "facets"].map((key) => watch.panel(key)?.innerHTML ?? "")
  },

  // Remember what is drawn now; the clock starts with the next event of that kind.
  begin(kind) {
    watch.before = watch.drawn()
    watch.began = null
    document.addEventListener(kind, (event) => { watch.began = event.timeStamp }, { capture: true, once: true })
  },

  async until(condition) {
    const limit = performance.now() + 20_000
    while (!condition()) {
      if (performance.now() > limit) throw new Error("the page was not drawn in time")
      await new Promise(requestAnimationFrame)
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

  async first() {
    watch.loaded = await watch.until(() => watch.drawn().every((html) => html))
  },
}
window.watch = watch
