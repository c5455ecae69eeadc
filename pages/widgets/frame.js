// What every page has: "/" goes to the query, and the address names the session once it is saved.
export default function ({ data }) {
  nameSession(data.session)
  const onKey = (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return
    const query = document.querySelector('input[aria-label="Query"]')
    if (!query) return
    event.preventDefault()
    query.focus()
    query.select()
  }
  document.addEventListener("keydown", onKey)
  return () => document.removeEventListener("keydown", onKey)
}

function nameSession(session) {
  const address = new URL(window.location.href)
  if (!session || address.searchParams.has("session")) return
  address.searchParams.set("session", session)
  window.history.replaceState(window.history.state, "", address)
}

function isTyping(event) {
  const target = event.composedPath()[0]
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName)
}
