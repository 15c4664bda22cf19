// A serving certificate for both coordinators, in files as an operator would mount them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { x509Issuer } from '../../coordinator/tls/issue.ts';

const dayMs = 86_400_000;

/** Writes tls.crt, tls.key and ca.crt. */
export async function writeCertificates(folder: string, name: string): Promise<void> {
  const nowMs = Date.now();
  const validity = { notBeforeMs: nowMs - dayMs, notAfterMs: nowMs + dayMs };
  const authority = await x509Issuer.issueAuthority(validity);
  const serving = await x509Issuer.issueServing(authority, [name], validity);
  writeFileSync(join(folder, 'ca.crt'), authority.certificate);
  writeFileSync(join(folder, 'tls.crt'), serving.certificate);
  writeFileSync(join(folder, 'tls.key'), serving.key, { mode: 0o600 });
}
