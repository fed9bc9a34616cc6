import { describe, expect, it } from 'vitest';
import { shapeProblem } from './body-as-json.ts';
import { formObject } from './form-object.ts';

function fromForm(form: string): unknown {
  return formObject(new URLSearchParams(form));
}

describe('formObject', () => {
  it.each([
    ['plain fields stay text', 'wa_id=48500&on=true&n=01', { wa_id: '48500', on: 'true', n: '01' }],
    ['brackets nest', 'text[body]=hi&type=text', { text: { body: 'hi' }, type: 'text' }],
    [
      'dots nest',
      'text.body=hi&text.preview_url=true',
      { text: { body: 'hi', preview_url: 'true' } },
    ],
    ['both nest', 'a[b].c=1', { a: { b: { c: '1' } } }],
    ['what is in brackets is one name', 'headers[X-A.B]=1', { headers: { 'X-A.B': '1' } }],
    ['empty brackets make a list', 'ids[]=1', { ids: ['1'] }],
    ['and a longer one', 'ids[]=1&ids[]=2', { ids: ['1', '2'] }],
    ['a repeated name is a list', 'ids=1&ids=2', { ids: ['1', '2'] }],
    ['numbers from zero make a list', 'c[0][a]=x&c[1][a]=y', { c: [{ a: 'x' }, { a: 'y' }] }],
    ['numbers with a gap are names', 'c[0]=x&c[2]=y', { c: { 0: 'x', 2: 'y' } }],
    ['a huge number makes no huge list', 'c[4294967295]=x', { c: { 4294967295: 'x' } }],
    ['JSON objects are read', 'profile={"role":"app"}', { profile: { role: 'app' } }],
    ['JSON lists are read', 'group_ids= [1, 2]', { group_ids: [1, 2] }],
    ['what only looks like JSON stays text', 'text={hi', { text: '{hi' }],
    ['a password stays text', 'password={}', { password: '{}' }],
    ['words of a message stay text', 'text[body]=[1]', { text: { body: '[1]' } }],
    ['an empty value is empty text', 'email=', { email: '' }],
    ['a name of nothing is ignored', '=x&[=y&.=z&a=1', { a: '1' }],
    ['an object replaces a text of the same name', 'text=x&text.body=y', { text: { body: 'y' } }],
    ['no fields make an empty object', '', {}],
  ])('%s', (_promise, form, expected) => {
    expect(fromForm(form)).toEqual(expected);
  });

  it.each([
    '__proto__[admin]=1',
    'a[__proto__][admin]=1',
    'constructor.prototype.admin=1',
    '__proto__=x',
  ])('lets %s reach no prototype', (form) => {
    const built = fromForm(form);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
    expect(JSON.stringify(built)).not.toContain('admin');
    expect(Object.getPrototypeOf(built)).toBe(Object.prototype);
  });

  it('takes a thousand fields, repeated or not, and no more', () => {
    expect(fromForm('a=1&'.repeat(1_000))).toEqual({ a: Array(1_000).fill('1') });
    expect(() => fromForm('a=1&'.repeat(1_001))).toThrow('A form may have 1000 fields at most.');
  });

  it('refuses a name that nests without end', () => {
    expect(() => fromForm(`a${'[b]'.repeat(100_000)}=1`)).toThrow('nests too deeply');
  });
});

describe('shapeProblem', () => {
  it.each([
    ['1', undefined],
    ['[]', undefined],
    ['['.repeat(100) + ']'.repeat(100), undefined],
    ['['.repeat(102) + ']'.repeat(102), 'Nested too deeply.'],
    ['{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000), 'Nested too deeply.'],
    [`[${'1,'.repeat(19_999)}1]`, undefined],
    [`[${'1,'.repeat(150_000)}1]`, 'It may have 20000 values at most.'],
    [`[${'[1,1],'.repeat(10_000)}1]`, 'It may have 20000 values at most.'],
  ])('case %# is told: %s', (json, expected) => {
    expect(shapeProblem(JSON.parse(json))).toBe(expected);
  });
});
