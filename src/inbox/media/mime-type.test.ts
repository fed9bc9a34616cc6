import { describe, expect, it } from 'vitest';
import { baseType, safeType } from './mime-type.ts';

describe('baseType', () => {
  it.each([
    ['image/jpeg', 'image/jpeg'],
    [' Image/JPEG ; q=1', 'image/jpeg'],
    ['image/jpg', 'image/jpeg'],
    ['audio/mp3', 'audio/mpeg'],
    ['audio/x-mpeg', 'audio/mpeg'],
    ['image/x-png', 'image/png'],
    ['application/x-pdf', 'application/pdf'],
    ['video/3gp', 'video/3gpp'],
    ['application/vnd.ms-excel', 'application/vnd.ms-excel'],
    ['', 'application/octet-stream'],
    ['image', 'application/octet-stream'],
    ['image/', 'application/octet-stream'],
    ['image/jpeg\r\nX: y', 'application/octet-stream'],
    ['../etc/passwd', 'application/octet-stream'],
    [`text/${'x'.repeat(200)}`, 'application/octet-stream'],
  ])('reads %j as %s', (declared, type) => {
    expect(baseType(declared)).toBe(type);
  });
});

describe('safeType', () => {
  it.each([
    'text/html',
    'TEXT/HTML; charset=utf-8',
    'application/xhtml+xml',
    'image/svg+xml',
    'text/xml',
    'application/xml',
    'application/rss+xml',
    'text/javascript',
    'application/x-javascript',
    'application/ecmascript',
    'text/jscript',
    'multipart/x-mixed-replace',
  ])('serves %s as bytes that no browser runs', (declared) => {
    expect(safeType(declared)).toBe('application/octet-stream');
  });

  it.each([
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'text/plain',
    'application/json',
    'application/pdf',
  ])('leaves %s as it is', (declared) => {
    expect(safeType(declared)).toBe(declared);
  });

  it('keeps the codecs of what is played and no other parameter', () => {
    expect(safeType('audio/ogg; codecs=opus')).toBe('audio/ogg; codecs=opus');
    expect(safeType('audio/ogg;codecs="opus"')).toBe('audio/ogg; codecs=opus');
    expect(safeType('video/mp4; x=1; codecs="avc1.42, mp4a.40"')).toBe(
      'video/mp4; codecs="avc1.42, mp4a.40"',
    );
    expect(safeType('text/plain; charset=utf-8')).toBe('text/plain');
    expect(safeType('image/png; codecs=opus')).toBe('image/png');
  });
});
