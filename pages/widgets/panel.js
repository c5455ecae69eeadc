// Draws the HTML that Python escaped and sends back the address of the link that was clicked.
export default function ({ data, parentElement, setTriggerValue }) {
  const panel = parentElement.querySelector(".panel")

  if (panel.source !== data.html) {
    const focused = parentElement.activeElement?.dataset?.name
    panel.innerHTML = data.html
    panel.source = data.html
    if (focused) {
      panel.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })
    }
  }

  panel.onclick = (event) => {
    const link = event.target.closest("a[data-go]")
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const wanted = (event.altKey && link.parentElement.querySelector("a[data-alternative]")) || link
    panel.classList.add("waiting")
    setTriggerValue("go", wanted.getAttribute("href"))
  }

  panel.classList.remove("waiting")
}
