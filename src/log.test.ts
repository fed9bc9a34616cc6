import { afterEach, describe, expect, it, vi } from 'vitest';
import { WaypostError } from './error.ts';
import { faultText, logError } from './log.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const parseError = (text: string): unknown => thrownBy(() => JSON.parse(text));

const UNREADABLE = [
  '{"text": secret words}',
  'secret words',
  '{"a": "say "secret words""}',
  `{"text": "${'secret words '.repeat(100)}" secret}`,
  '"secret words\nof two lines',
];

describe('what is said of an error', () => {
  it('is its name and its words', () => {
    expect(faultText(new TypeError('x is not a function'))).toBe('TypeError: x is not a function');
    expect(faultText('the row cannot be read')).toBe('the row cannot be read');
    expect(faultText(undefined)).toBe('undefined');
  });

  it.each(UNREADABLE)('holds nothing of the JSON that could not be read: %s', (text) => {
    const error = parseError(text);
    expect(error).toBeInstanceOf(SyntaxError);
    expect(faultText(error)).toContain('SyntaxError');
    expect(faultText(error)).not.toContain('secret');
  });

  it('holds nothing of a quotation that does not end', () => {
    expect(faultText(new Error('bad "secret words'))).toBe('Error: bad "…');
  });

  it('holds no address', () => {
    const error = new TypeError('Invalid URL: https://user:secret@host.test/hook?token=secret now');
    expect(faultText(error)).toBe('TypeError: Invalid URL: (an address) now');
  });

  it.each(['x', '"', 'x:/', ' '])('is cut at 500 characters, and soon, of many %j', (part) => {
    const startedAt = performance.now();
    expect(faultText(new Error(part.repeat(300_000))).length).toBeLessThanOrEqual(500);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('the log line of an error', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** The one line that is written of an error. */
  function lineOf(error: unknown, fields?: { stack: string }): string {
    const written = vi.spyOn(console, 'error').mockReturnValue();
    logError('it_failed', error, fields);
    expect(written).toHaveBeenCalledOnce();
    const line = String(written.mock.calls[0]?.[0]);
    expect(line).not.toContain('\n');
    return line;
  }

  it('says where it was thrown, and of which inbox', () => {
    function failing(): never {
      throw new TypeError('x is not a function');
    }
    expect(JSON.parse(lineOf(thrownBy(failing), { stack: 'acme' }))).toEqual({
      event: 'it_failed',
      at: expect.any(String),
      error: 'TypeError: x is not a function',
      frames: expect.stringMatching(/^at failing .*log\.test\.ts:\d+:\d+\)? < at /),
      stack: 'acme',
    });
  });

  it('says what an error stands for, and where that was thrown', () => {
    function failing(): never {
      throw new Error('no route to host');
    }
    const cause = thrownBy(failing);
    const error = new WaypostError('unavailable', 'The e-mail could not be sent.', { cause });
    expect(JSON.parse(lineOf(error))).toMatchObject({
      error: 'WaypostError: The e-mail could not be sent.',
      cause: 'Error: no route to host',
      frames: expect.stringMatching(/^at failing /),
    });
  });

  it.each(UNREADABLE)('holds nothing of the JSON that could not be read: %s', (text) => {
    const cause = parseError(text);
    expect(lineOf(new WaypostError('invalid', 'No JSON.', { cause }))).not.toContain('secret');
  });

  it('takes no words of an error for a frame', () => {
    const error = new Error('broken\n    at secret (words:1:1)');
    expect(JSON.parse(lineOf(error)).frames).not.toContain('secret');
  });

  it('is short, however deep the call and however many the causes', () => {
    let error: Error = new Error('x'.repeat(9_000));
    for (let depth = 0; depth < 50; depth += 1)
      error = new Error('x'.repeat(999), { cause: error });
    error.stack = `Error\n${'    at deep (a:1:1)\n'.repeat(9_000)}`;
    expect(lineOf(error).length).toBeLessThan(5_000);
  });

  it('says where an error was thrown that stands for a mere word', () => {
    const error = new WaypostError('invalid', 'No JSON.', { cause: 'a word' });
    const line: unknown = JSON.parse(lineOf(error));
    expect(line).toMatchObject({ cause: 'a word', frames: expect.stringMatching(/^at /) });
  });

  it('has no frames where it is no error that was thrown', () => {
    expect(JSON.parse(lineOf('a word'))).not.toHaveProperty('frames');
  });
});
