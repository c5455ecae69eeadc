// A document that is read: draws the HTML that Python escaped, steps through its marks, and lets keys press what bears
// data-key. A link that bears data-go moves the app.
export default function ({ data, parentElement }) {
  const panel = parentElement.querySelector(".panel")
  const isNew = panel.source !== data.html
  if (isNew) {
    panel.innerHTML = data.html
    panel.source = data.html
  }

  panel.onclick = (event) => {
    if (event.button !== 0) return
    const button = event.target.closest("button")
    if (button?.dataset.step) step(panel, Number(button.dataset.step))
    if (button?.dataset.mark) choose(panel, Number(button.dataset.mark))
    const link = event.target.closest("a[data-go]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    panel.classList.add("waiting")
    move(link.href)
  }

  if (!panel.onKey) {
    panel.onKey = (event) => press(panel, event)
    document.addEventListener("keydown", panel.onKey)
  }
  if (isNew) begin(panel)
  panel.classList.remove("waiting")
  return () => {
    document.removeEventListener("keydown", panel.onKey)
    panel.onKey = null
  }
}

// The mark that the address speaks of is the current one; it is brought into view without moving the page.
function begin(panel) {
  const current = panel.querySelector("[data-current]")
  if (current) choose(panel, Number(current.dataset.current), false)
}

// To the next mark, or the one before; past the ends to the page of the text with more of them, else around.
function step(panel, by) {
  const marks = panel.querySelectorAll("mark[data-n]")
  const now = [...marks].findIndex((mark) => mark.classList.contains("current"))
  const next = now + by
  const beyond = panel.querySelector(next < 0 ? "a[data-before]" : "a[data-after]")
  if ((next < 0 || next >= marks.length) && beyond) {
    panel.classList.add("waiting")
    move(beyond.href)
  } else if (marks.length) {
    choose(panel, (next + marks.length) % marks.length)
  }
}

// Makes a mark the current one and brings it to the middle of the text.
function choose(panel, index, isAsked = true) {
  const marks = panel.querySelectorAll("mark[data-n]")
  const mark = marks[Math.min(index, marks.length - 1)]
  if (!mark) return
  panel.querySelector("mark.current")?.classList.remove("current")
  mark.classList.add("current")
  const place = panel.querySelector("[data-place]")
  if (place) place.textContent = Number(mark.dataset.n).toLocaleString("en")
  const pane = mark.closest("[data-pane]")
  const top = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top
  if (isAsked || top > pane.clientHeight * 0.8) {
    pane.scrollTop += top - pane.clientHeight / 2
  }
  if (isAsked) pane.scrollIntoView({ block: "nearest" })
}
