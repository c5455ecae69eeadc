// Streamlit fades what a run has not drawn yet, over a second: two dozen frames of the whole window for each answer.
const steady = new CSSStyleSheet()
steady.replaceSync('[data-testid="stElementContainer"] { opacity: 1 !important; transition: none !important }')

// What every page has: "/" goes to the query, and the address says all of where the reader is.
export default function ({ data }) {
  if (!document.adoptedStyleSheets.includes(steady)) document.adoptedStyleSheets.push(steady)
  nameAddress(data.parameters, data.session)
  const onKey = (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return
    const query = document.querySelector('input[aria-label="Query"]')
    if (!query) return
    event.preventDefault()
    query.focus()
    query.select()
  }
  document.addEventListener("keydown", onKey)
  return () => document.removeEventListener("keydown", onKey)
}

// The navigation's links lead to bare addresses. What they drop is written back without a step of the history, or Back
// would stick there; so a bare address is always such a link's, and the start of the app names its corpus.
function nameAddress(parameters, session) {
  const address = new URL(window.location.href)
  if (!address.search) address.search = parameters
  if (session && !address.searchParams.has("session")) address.searchParams.set("session", session)
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, "", address)
}
