// Moves the app once, by one step of the browser's history: for clicks that only Python hears of.
export default function ({ data, parentElement }) {
  if (!data.url || parentElement.moved === data.url) return
  parentElement.moved = data.url
  move(data.url)
}
