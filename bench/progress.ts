/** Says what goes on while it goes on. */
export interface Progress {
  say(text: string): void;
  /** Takes the line away. */
  clear(): void;
}

/** A line on stderr that the next one takes the place of; where that is no terminal, lines below each other. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) {
    return { say: (text) => void stream.write(`${text}\n`), clear: () => undefined };
  }
  const write = (text: string): void => void stream.write(`\r\u001B[2K${text}`);
  return {
    say: (text) => write(text.slice(0, Math.max(0, stream.columns - 1))),
    clear: () => write(''),
  };
}
