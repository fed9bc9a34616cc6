import { describe, expect, it } from 'vitest';
import { loggedPath } from './logged-path.ts';

describe('the path that is logged', () => {
  it.each(['/', '/api/v1/messages/', '/waba/webhook', '/api/v1/webhooks/waba/7/', '/activate/'])(
    'is %s as it came',
    (path) => {
      expect(loggedPath(path)).toBe(path);
    },
  );

  it.each([
    '/activate/s3cret/',
    '/activate/s3cret',
    '/Activate/s3cret/',
    '//activate//s3cret/',
    '/activate/s3cret/more/s3cret',
    '/activate%2Fs3cret%2F',
    '/api/v1/activate/s3cret/',
    '/activ%61te/s3cret/',
    '/%41CTIVATE/s3cret/',
    '/activ%2561te%252Fs3cret/',
    '/activate%5Cs3cret',
    '/activate\\s3cret',
    '/activate;s3cret',
    '/activate.s3cret',
    '/activate:s3cret',
    '/activate s3cret',
    '/activate%0As3cret',
    '/activates3cret',
    '/activation/s3cret/',
    '/\uff41ctivate/s3cret/',
    '/waba/webhook%253Ftoken=s3cret',
    '/waba/webhook%3Ftoken=s3cret',
    '/waba/webhook%3ftoken=s3cret',
    '/api/v1/media/1/?signature=s3cret',
  ])('has no secret of %s', (path) => {
    expect(loggedPath(path)).not.toContain('s3cret');
  });

  it('still says that it was an activation', () => {
    expect(loggedPath('/activate/s3cret/')).toBe('/activate/…');
  });

  it('leaves other paths alone, however they are spelt', () => {
    const path = '/api/v1/notifications/resend_activation_email/%41';
    expect(loggedPath(path)).toBe(path);
  });

  it('is short', () => {
    expect(loggedPath(`/${'x'.repeat(10_000)}`)).toHaveLength(200);
  });
});
