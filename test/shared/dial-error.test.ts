import { describe, expect, test } from 'vitest';
import { describeDialProblem, explainDialError } from '../../shared/dial-error.ts';
import { StatusError } from '../../shared/rpc.ts';

/** As grpc-js 1.14 wraps what Node and OpenSSL say. */
function wrap(words: string): string {
  return `No connection established. Last error: Error: ${words}. Resolution note: `;
}

describe('describeDialProblem', () => {
  test.for<[string, string]>([
    ['certificate has expired', 'has expired'],
    ['certificate is not yet valid', 'is not valid yet'],
    ['unable to verify the first certificate; if the root CA is', 'signed by none'],
    ['unable to get local issuer certificate', 'signed by none'],
    ['self-signed certificate in certificate chain', 'signed by none'],
    ['0A00010B:SSL routines:tls_validate_record_header:wrong version number', 'speak TLS 1.3'],
    [
      "Hostname/IP does not match certificate's altnames: Host: x.svc. is not in the cert's altnames: DNS:a.svc, DNS:b.svc",
      'is for a.svc, b.svc and not for x.svc',
    ],
  ])('%s', ([words, sentence]) => {
    expect(describeDialProblem(wrap(words))).toContain(sentence);
  });

  test.for(['connect ECONNREFUSED 127.0.0.1:7443', 'socket hang up'])(
    'knows nothing better than %s',
    (words) => {
      expect(describeDialProblem(wrap(words))).toBeUndefined();
    },
  );
});

describe('explainDialError', () => {
  test('leaves alone what is no failed dial', () => {
    const refused = new StatusError('PERMISSION_DENIED', wrap('certificate has expired'));
    expect(explainDialError(refused)).toBe(refused);
    const standby = new StatusError('UNAVAILABLE', 'another coordinator leads');
    expect(explainDialError(standby)).toBe(standby);
  });
});
