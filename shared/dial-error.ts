// Why a dial failed, in words that say what to do. OpenSSL and grpc-js wrap their reasons into sentences about chains and
// channels; behind most of them stands one of a few mistakes that whoever runs Forehold can mend.

import { StatusError } from './rpc.ts';

interface Explanation {
  readonly words: RegExp;
  readonly explain: (match: RegExpExecArray) => string;
}

const explanations: readonly Explanation[] = [
  {
    words: /certificate has expired/,
    explain: () =>
      'the certificate of the coordinator, or of its authority, has expired: see in its log why it was not renewed, and that the clocks are right',
  },
  {
    words: /certificate is not yet valid/,
    explain: () =>
      'the certificate of the coordinator is not valid yet: see that the clocks of this machine and of the coordinator are right',
  },
  {
    words:
      /does not match certificate's altnames: Host: (\S+?)\.? is not in the cert's altnames: (.*?)\. Res/,
    explain: ([, host = '', names = '']) =>
      `the certificate of the coordinator is for ${names.replaceAll('DNS:', '')} and not for ${host}: dial by one of its names, or add this one to FOREHOLD_TLS_NAMES`,
  },
  {
    words:
      /unable to verify the first certificate|unable to get (?:local )?issuer certificate|self[- ]signed certificate|certificate signature failure/,
    explain: () =>
      'the certificate of the coordinator was signed by none of the authorities in the CA file: see that the file is ca.crt of ConfigMap forehold-ca, and up to date',
  },
  {
    words:
      /wrong version number|packet length too long|http request|protocol version|unsupported protocol/i,
    explain: () =>
      'what answers there does not speak TLS 1.3: see that it is the gRPC port of a coordinator, and that its FOREHOLD_TLS is not off',
  },
];

/** Undefined unless these words of gRPC tell one of the known reasons; then a sentence without its end. */
export function describeDialProblem(words: string): string | undefined {
  for (const explanation of explanations) {
    const match = explanation.words.exec(words);
    if (match !== null) return explanation.explain(match);
  }
  return undefined;
}

/** The error itself unless it is a dial that failed for one of the known reasons; then one sentence, with it as cause. */
export function explainDialError(error: unknown): unknown {
  if (!(error instanceof StatusError) || error.code !== 'UNAVAILABLE') return error;
  const problem = describeDialProblem(error.message);
  return problem === undefined
    ? error
    : new StatusError('UNAVAILABLE', `cannot dial: ${problem}`, { cause: error });
}
