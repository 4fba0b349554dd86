/** A binary heap; `before(a, b) < 0`: a comes out first. */
export function heap(before) {
  const items = []
  const swap = (a, b) => ([items[a], items[b]] = [items[b], items[a]])
  return {
    get size() {
      return items.length
    },
    get first() {
      return items[0]
    },
    push(item) {
      let at = items.push(item) - 1
      for (let up = (at - 1) >> 1; at > 0 && before(items[at], items[up]) < 0; at = up, up = (at - 1) >> 1) swap(at, up)
    },
    pop() {
      const [first] = items
      const last = items.pop()
      if (items.length > 0) {
        items[0] = last
        for (let at = 0, least = 0; ; at = least) {
          for (const child of [2 * at + 1, 2 * at + 2])
            if (child < items.length && before(items[child], items[least]) < 0) least = child
          if (least === at) break
          swap(at, least)
        }
      }
      return first
    },
  }
}
