import { describe, expect, it } from 'vitest';
import { customerOfExport, numberIn, type Participant } from './customer-of-export.ts';

const OWN = '4930123456';
const ADA: Participant = { name: 'Ada L.', waId: '49151234567' };
const SHOP: Participant = { name: 'Shop', waId: OWN };

describe('whose chat was exported', () => {
  it.each([
    ['the only participant', ['Shop', 'Ada L.'], [ADA], undefined, 'Ada L.'],
    ['a participant in another case', ['Shop', 'ADA L.'], [ADA], undefined, 'ADA L.'],
    ['the participant who is not us', ['Shop', 'Ada L.'], [ADA, SHOP], OWN, 'Ada L.'],
    ['a participant who never wrote', ['Shop'], [ADA], undefined, undefined],
    [
      'the one whose number the phone shows',
      ['Shop', '+49 151 234-567'],
      [],
      undefined,
      '+49 151 234-567',
    ],
    [
      'the one whose number is not ours',
      ['+49 30 123456', '+49 151 234567'],
      [],
      OWN,
      '+49 151 234567',
    ],
    [
      'a participant by number',
      ['Shop', '+49 151 234567'],
      [{ ...ADA, name: '' }],
      OWN,
      '+49 151 234567',
    ],
    ['the other one where one is us', ['Shop', 'Addie'], [ADA, SHOP], OWN, 'Addie'],
  ])('is of %s', (_, authors, participants, ownNumber, author) => {
    expect(customerOfExport(authors, participants, ownNumber)).toMatchObject({
      waId: '49151234567',
      author,
    });
  });

  it.each([
    ['a group', ['a', 'b', 'c'], [ADA], undefined, 'not a group'],
    ['no number at all', ['Shop', 'Ada'], [], undefined, 'This field is required'],
    [
      'two numbers, ours unknown',
      ['+49 30 123456', '+49 151 234567'],
      [],
      undefined,
      'It cannot be told',
    ],
    [
      'two participants, ours unknown',
      ['Shop', 'Ada L.'],
      [ADA, SHOP],
      undefined,
      'It cannot be told',
    ],
    ['only us', ['Shop', 'Ada L.'], [SHOP], OWN, 'The number of the customer is missing'],
    ['a name that nobody has', ['Shop', 'Ben'], [ADA], OWN, 'of nobody with this name'],
  ])('is refused for %s', (_, authors, participants, ownNumber, sentence) => {
    expect(() => customerOfExport(authors, participants, ownNumber)).toThrow(sentence);
  });

  it('gives the customer the name that the phone shows, if it is one', () => {
    expect(customerOfExport(['Shop', 'Ada L.'], [ADA], undefined).name).toBe('Ada L.');
    expect(customerOfExport(['Shop', '+49 151 234567'], [], undefined).name).toBe('');
  });
});

describe('a number as people write it', () => {
  it.each([
    ['+49 151 234-567', '49151234567'],
    ['\u202a+49\u00a0(151) 234.567\u202c', '49151234567'],
    ['+1 (555) 123\u20114567', '15551234567'],
    ['US.13491208655302741918', 'US.13491208655302741918'],
    ['Ada', undefined],
    ['123', undefined],
  ])('%j is %s', (text, number) => {
    expect(numberIn(text)).toBe(number);
  });
});
