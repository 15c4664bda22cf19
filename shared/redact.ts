// Takes secrets out of other people's words: kubelets quote signed URLs, API servers quote what they refuse, people paste
// tokens where they do not belong. Only what has the shape of a secret can be found; what is known to be one (metadata,
// files) is never put into words in the first place. Pure, and linear in the length of the text.

const redacted = '[redacted]';

// In JSON within JSON, quotes come with backslashes before them.
const quote = String.raw`\\*"`;

const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // Private keys, with line breaks as they are or escaped, also without their end.
  [
    /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[\w+/=\s]|\\+[nr])*(-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
    redacted,
  ],
  // JSON web tokens: their first part begins with `{"`.
  [/eyJ[\w-]{8,1024}\.[\w-]+(\.[\w-]*)?/g, redacted],
  // Credentials of an authorization header; a challenge (`Bearer realm=`) is none.
  [/\b(Bearer|Basic) +(?!realm=)[\w.~+/=:-]{6,}/gi, `$1 ${redacted}`],
  // Fields of a registry configuration.
  [
    new RegExp(
      `(${quote}(?:auth|password|identitytoken|registrytoken|token|client_secret)${quote} ?: ?${quote})[^"\\\\]+`,
      'gi',
    ),
    `$1${redacted}`,
  ],
  // USER:PASSWORD@HOST; a reference's TAG@DIGEST looks alike.
  [/\b[\w.%+-]{1,128}:[^\s/@"\\:]{1,512}@(?!sha\d{3}:)(?=[\w.-])/g, `${redacted}@`],
  // What signs a URL.
  [
    /\b((?:X-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)|Signature|sig|access_token|token|password|passwd|secret)=)[^\s&"\\]+/gi,
    `$1${redacted}`,
  ],
];

/** The text with everything that looks like a secret replaced. */
export function redact(text: string): string {
  return patterns.reduce((rest, [pattern, by]) => rest.replace(pattern, by), text);
}
