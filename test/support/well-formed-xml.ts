/** An element of a parsed document; text is collected over the whole element. */
export interface XmlElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlElement[]
  text: string
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const NAME = '[A-Za-z_:][\\w:.-]*'

/**
 * Parses XML as strictly as a browser does an SVG file: every element closed in order, every attribute quoted and given once, no bare `&`
 * or `<`, no character XML does not allow. Knows no comments, CDATA or document types: our pictures have none.
 * @throws Error saying what is wrong and where.
 */
export function parseXml(source: string): XmlElement {
  const fail = (what: string, at: number): never => {
    throw new Error(`${what} at ${at}: …${source.slice(Math.max(0, at - 40), at + 40)}…`)
  }
  const illegal = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.exec(source)
  if (illegal) fail('illegal character', illegal.index)
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  const token = new RegExp(`<(?:/(${NAME})\\s*>|(${NAME})((?:\\s+${NAME}="[^"<]*")*)\\s*(/?)>)|([^<]+)`, 'gy')
  while (token.lastIndex < source.length) {
    const at = token.lastIndex
    const match = token.exec(source) ?? fail('not XML', at)
    const [, closed, opened, attributes = '', selfClosed, text] = match
    const current = open.at(-1) ?? root
    if (text !== undefined) {
      const decoded = decode(text, at)
      for (const element of open) element.text += decoded
    } else if (closed !== undefined) {
      if (open.length < 2 || current.name !== closed) fail(`</${closed}> closes <${current.name}>`, at)
      open.pop()
    } else if (opened !== undefined) {
      const element: XmlElement = { name: opened, attributes: parseAttributes(attributes, at), children: [], text: '' }
      current.children.push(element)
      if (selfClosed === '') open.push(element)
    }
  }
  if (open.length > 1) fail(`<${open.at(-1)?.name}> is never closed`, source.length)
  if (root.children.length !== 1) fail(`${root.children.length} root elements`, source.length)
  return root.children[0] as XmlElement

  function decode(text: string, at: number): string {
    return text.replace(/&(#\d+|#x[\da-f]+|\w+)?(;?)/gi, (all, name: string | undefined, semicolon: string) => {
      if (name === undefined || semicolon === '') return fail('bare ampersand', at)
      if (name.startsWith('#')) return String.fromCodePoint(Number(name.replace('#x', '0x').replace('#', '')))
      return ENTITIES[name] ?? fail(`unknown entity ${all}`, at)
    })
  }

  function parseAttributes(attributes: string, at: number): Record<string, string> {
    const result: Record<string, string> = {}
    for (const [, name = '', value = ''] of attributes.matchAll(new RegExp(`(${NAME})="([^"]*)"`, 'g'))) {
      if (name in result) fail(`attribute ${name} twice`, at)
      result[name] = decode(value, at)
    }
    return result
  }
}

/** Every element below `element` that has `name` and, if asked, the class `className`, in document order. */
export function elements(element: XmlElement, name: string, className?: string): XmlElement[] {
  return element.children.flatMap((child) => [
    ...(child.name === name && (className === undefined || child.attributes['class'] === className) ? [child] : []),
    ...elements(child, name, className),
  ])
}
