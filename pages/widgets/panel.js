// Draws the HTML that Python escaped. A link that bears data-go moves the app. What is no move is told to Python as an
// act: a click on data-act, words typed into data-ask, a range of bars dragged over or typed. A slider says what it
// stands at (data-says) while it is moved. A key presses what bears its name (data-key).
const TYPING_MS = 200
// A move that changes nothing here must not hold back what is clicked next for longer than this.
const LONGEST_WAIT_MS = 4000

export default function ({ data, parentElement, setTriggerValue }) {
  const panel = parentElement.querySelector(".panel")
  // Of two acts in a row Python hears the second alone, so each is told again until Python has said that it saw it.
  panel.acts = (panel.acts ?? []).filter(([number]) => number > data.seen)
  const act = (name, value) => {
    panel.latest = Math.max(panel.latest ?? 0, data.seen) + 1
    panel.acts.push([panel.latest, name, value])
    setTriggerValue("act", [...panel.acts])
  }
  const isNew = draw(panel, data.html, parentElement)

  panel.onclick = (event) => {
    if (event.button !== 0) return
    const actor = event.target.closest("[data-act]")
    if (actor) {
      event.preventDefault()
      act(actor.dataset.act, actor.dataset.value ?? "")
      return
    }
    const link = event.target.closest("a[data-go]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    follow(panel, (event.altKey && link.parentElement.querySelector("a[data-alternative]")) || link)
  }

  panel.oninput = (event) => {
    const input = event.target // later on the event names the component around it
    if (input.dataset.says) input.parentElement.querySelector("output").value = JSON.parse(input.dataset.says)[input.value]
    if (input.dataset.ask === undefined) return
    clearTimeout(panel.typing)
    panel.typing = setTimeout(() => act("ask", JSON.stringify([input.dataset.ask, input.value])), TYPING_MS)
  }

  panel.onchange = (event) => {
    const ends = event.target.closest("[data-range]")
    if (!ends) return
    const [low, high] = [...ends.querySelectorAll("input")].map((end) => end.value)
    act("range", JSON.stringify([ends.dataset.range, low, high]))
  }

  panel.onpointerdown = (event) => {
    const bars = event.target.closest("[data-brush]")
    if (bars && event.button === 0) brush(bars, event, act)
  }

  if (!panel.onKey) {
    panel.onKey = (event) => press(panel, event)
    document.addEventListener("keydown", panel.onKey)
  }
  if (isNew) arrive(panel)
  return () => {
    document.removeEventListener("keydown", panel.onKey)
    panel.onKey = null
  }
}

// New HTML takes the old one's place; the focus, what is being typed and what is unfolded stay.
function draw(panel, html, root) {
  if (panel.source === html) return false
  const before = (root.activeElement ?? document.activeElement)
  const typed = before?.tagName === "INPUT" ? [before.value, before.selectionStart] : null
  const name = before?.dataset?.name
  const unfolded = [...panel.querySelectorAll("details[data-name][open]")].map((details) => details.dataset.name)
  panel.innerHTML = html
  panel.source = html
  for (const details of panel.querySelectorAll("details[data-name]")) {
    if (unfolded.includes(details.dataset.name)) details.open = true
  }
  const now = name && panel.querySelector(`[data-name="${CSS.escape(name)}"]`)
  now?.focus({ preventScroll: true })
  if (typed && now?.dataset.ask !== undefined) {
    now.value = typed[0]
    now.setSelectionRange(typed[1], typed[1])
  }
  return true
}

// A link leads on from what is drawn. One that is clicked while a move is on its way waits for what that draws, or it
// would lead back; the same one again is a double click.
function follow(panel, link) {
  const { name } = link.dataset
  if (panel.moving && name) {
    if (name !== (panel.next?.at(-1) ?? panel.moving)) panel.next = [...(panel.next ?? []), name]
    return
  }
  if (!move(link.href)) return
  panel.moving = name
  panel.classList.add("waiting")
  clearTimeout(panel.giveUp)
  panel.giveUp = setTimeout(() => arrive(panel), LONGEST_WAIT_MS)
}

// What a move led to is here: on with what was clicked meanwhile.
function arrive(panel) {
  clearTimeout(panel.giveUp)
  panel.classList.remove("waiting")
  panel.moving = undefined
  const [name, ...others] = panel.next ?? []
  panel.next = others
  const link = name && panel.querySelector(`a[data-name="${CSS.escape(name)}"]`)
  if (link) follow(panel, link)
}

// A drag over several bars asks for the range from the first to the last; one bar alone is a click on it.
function brush(bars, down, act) {
  const barAt = (event) => Number(event.target.closest?.("[data-index]")?.dataset.index ?? NaN)
  const first = barAt(down)
  if (Number.isNaN(first)) return
  let last = first
  const over = (event) => {
    const now = event.composedPath().find((e) => e.dataset?.index !== undefined && bars.contains(e))
    if (!now) return
    last = Number(now.dataset.index)
    const [low, high] = [Math.min(first, last), Math.max(first, last)]
    for (const bar of bars.querySelectorAll("[data-index]")) {
      bar.classList.toggle("brushed", low !== high && low <= bar.dataset.index && bar.dataset.index <= high)
    }
  }
  const up = () => {
    document.removeEventListener("pointermove", over)
    if (first === last) return
    const swallow = (click) => { click.preventDefault(); click.stopPropagation() }
    bars.addEventListener("click", swallow, { capture: true })
    setTimeout(() => bars.removeEventListener("click", swallow, { capture: true }))
    act("brush", JSON.stringify([bars.dataset.brush, Math.min(first, last), Math.max(first, last)]))
  }
  down.preventDefault()
  document.addEventListener("pointermove", over)
  document.addEventListener("pointerup", up, { once: true })
}
