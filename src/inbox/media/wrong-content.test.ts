import { describe, expect, it } from 'vitest';
import { isPage, isWrongType } from './wrong-content.ts';

describe('the type of a download', () => {
  it.each([
    ['image/jpeg', 'image/jpeg'],
    ['image/jpeg', 'image/jpg; q=1'],
    ['image/jpeg', 'image/png'],
    ['image/jpeg', null],
    ['image/jpeg', ''],
    ['image/jpeg', 'application/octet-stream'],
    ['image/jpeg', 'binary/octet-stream'],
    ['image/jpeg', 'text/plain'],
    ['audio/ogg; codecs=opus', 'application/ogg'],
    ['audio/mp4', 'video/mp4'],
    ['application/pdf', 'application/x-pdf'],
    ['text/html', 'text/html; charset=utf-8'],
    ['application/json', 'application/json'],
    ['text/csv', 'text/plain'],
    ['text/csv', 'application/vnd.ms-excel'],
  ])('may be, for %j, %j', (expected, served) => {
    expect(isWrongType(expected, served)).toBe(false);
  });

  it.each([
    ['image/jpeg', 'text/html; charset=utf-8'],
    ['image/jpeg', 'application/json'],
    ['image/jpeg', 'application/problem+json'],
    ['image/jpeg', 'text/xml'],
    ['image/jpeg', 'audio/ogg'],
    ['audio/ogg', 'image/png'],
    ['application/pdf', 'TEXT/HTML'],
    ['text/plain', 'text/html'],
    ['application/octet-stream', 'text/html'],
  ])('is wrong, for %j, as %j', (expected, served) => {
    expect(isWrongType(expected, served)).toBe(true);
  });
});

describe('the first bytes of a download', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it.each([
    '<!DOCTYPE html><html>',
    '\n  <html lang="en">',
    '\uFEFF<?xml version="1.0"?>',
    '<Error><Code>AccessDenied</Code></Error>',
    '{"error":{"message":"expired"}}',
    '{}',
    '[{"code":1}]',
    '[]',
  ])('are a page: %j', (text) => {
    expect(isPage('image/jpeg', bytes(text))).toBe(true);
    expect(isPage('application/pdf', bytes(text))).toBe(true);
    expect(isPage('text/plain', bytes(text))).toBe(false);
    expect(isPage('application/json', bytes(text))).toBe(false);
    expect(isPage('application/octet-stream', bytes(text))).toBe(false);
  });

  it.each(['%PDF-1.7', 'PK\u0003\u0004', 'OggS', '<3', '{', 'the bytes', ''])(
    'are none: %j',
    (text) => {
      expect(isPage('application/pdf', bytes(text))).toBe(false);
    },
  );
});
