// What the scripts of all components share; it is put before each of them.

// One step of the browser's history; Streamlit goes where Back and Forward lead, and so here. False where it is already.
function move(address) {
  if (address === window.location.href) return false
  window.history.pushState(null, "", address)
  window.dispatchEvent(new PopStateEvent("popstate"))
  return true
}

// Whether a key belongs to the field that has the focus, or to what moves by arrows itself.
function isTaken(event) {
  const target = event.composedPath()[0]
  const roles = ["combobox", "listbox", "option", "slider", "tab", "radio", "menuitem"]
  return (
    target.isContentEditable ||
    ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) ||
    roles.includes(target.getAttribute?.("role"))
  )
}


// A key that types nothing presses what bears its name.
function press(panel, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || isTaken(event)) return
  const pressed = panel.querySelector(`[data-key="${CSS.escape(event.key)}"]`)
  if (!pressed) return
  event.preventDefault()
  pressed.click()
}
