/** Makes an element; `children` are nodes or text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A text of paragraphs, with `code` in it, as elements. */
export function prose(text) {
  return (text ?? '')
    .split(/\n\n+/)
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => {
      const pieces = paragraph.split('`');
      return element(
        'p',
        {},
        ...pieces.map((piece, at) => (at % 2 ? element('code', {}, piece) : piece)),
      );
    });
}
