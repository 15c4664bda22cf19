// Takes all free pod addresses of one node of the test bed, in the book of its IPAM plugin (host-local: one file for each
// address that is taken), and gives them back whatever becomes of the test.

import { onTestFinished } from 'vitest';
import { runCommand } from './commands.ts';
import type { Testbed } from './environment.ts';

const mark = 'forehold-e2e';

// The node's own configuration says where the book is and which addresses there are.
const find = `
set -eu
conf=/etc/cni/net.d/10-testbed.conflist
read_conf() { sed -n "s/.*\\"$1\\":\\"\\([^\\"]*\\)\\".*/\\1/p" $conf; }
book=$(read_conf dataDir)/testbed
net=$(read_conf subnet | sed 's/\\.0\\/24$//')
mkdir -p "$book"`;

const take = `${find}
for host in $(seq 2 254); do
  file=$book/$net.$host
  [ -e "$file" ] || echo ${mark} > "$file"
done`;

const giveBack = `${find}
grep -l ${mark} "$book"/$net.* | xargs -r rm`;

/** Resolves, once the node has no free address, with what gives them back; at the latest the end of the test does. */
export async function exhaustAddresses(
  testbed: Testbed,
  nodeName: string,
): Promise<() => Promise<void>> {
  // The test bed calls every node nN.
  const within = ['in', nodeName.slice(1), 'bash', '-c'];
  const end = async (): Promise<void> => {
    await runCommand(testbed.program, [...within, `${giveBack} || true`]);
  };
  onTestFinished(end);
  await runCommand(testbed.program, [...within, take]);
  return end;
}
