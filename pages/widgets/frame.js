// What every page has: "/" goes to the query, and the address names the corpus, and the session once it is saved.
export default function ({ data }) {
  nameCorpus(data.corpus)
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

// A bare address is what the navigation's links lead to, and gets the parameters of the page before: Back must not.
function nameCorpus(corpus) {
  const address = new URL(window.location.href)
  if (!corpus || address.search) return
  address.searchParams.set("corpus", corpus)
  window.history.replaceState(window.history.state, "", address)
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
