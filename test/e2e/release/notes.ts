// The three commands that `helm install` prints, run as they are printed.

import { expect, test } from 'vitest';
import { runCommand } from '../harness/commands.ts';
import { pushImage } from '../harness/image-push.ts';
import type { ReleaseStack } from '../harness/release-stack.ts';
import { printFigure } from '../harness/skip.ts';

// From `helm install` to the last node.
const warmDeadlineSeconds = 120;
const commandTimeoutMs = 150_000;

export function testNotes(stack: () => ReleaseStack): void {
  test('1: an image is warm on every node within two minutes of the installation', async () => {
    const { environment, nodes } = stack();
    // The sample image of the notes, where the value global.imageRegistry says that it is.
    await pushImage({
      registry: environment.registry,
      repository: 'library/busybox',
      tag: '1.37',
      layers: 2,
      layerBytes: 1_048_576,
      architecture: nodes[0]?.status?.nodeInfo?.architecture ?? 'amd64',
      executable: true,
    });
    const shown = await runNote(stack(), 1);
    const seconds = (performance.now() - stack().installedAtMs) / 1_000;
    expect(shown).toMatch(new RegExp(`hello-forehold.* Cached +${nodes.length}/${nodes.length} `));
    printFigure('seconds_helm_install_to_parts_ready', stack().readySeconds.toFixed(1));
    printFigure('seconds_helm_install_to_warm', seconds.toFixed(1));
    expect(seconds).toBeLessThan(warmDeadlineSeconds);
  });

  test('2: grpcurl shows the leases with a token of ten minutes', async () => {
    const shown = await runNote(stack(), 2);
    const { leases }: { leases: readonly { image: string; nodeName: string }[] } = JSON.parse(
      shown.slice(shown.indexOf('{')),
    );
    const own = leases.filter(({ image }) => image.endsWith('/library/busybox:1.37'));
    expect(own.map(({ nodeName }) => nodeName).sort()).toEqual(
      stack().nodes.map(({ metadata }) => metadata.name),
    );
  });

  test("3: the coordinator's metrics are read through the API server", async () => {
    expect(await runNote(stack(), 3)).toMatch(/^forehold_/m);
  });
}

/** Output of one numbered block. */
async function runNote(stack: ReleaseStack, number: number): Promise<string> {
  const notes = await stack.release.helm(['get', 'notes', 'forehold']);
  const block = new RegExp(`^${number}\\. .*\\n\\n((?: {3}.*\\n|\\n)+)`, 'm').exec(notes)?.[1];
  if (block === undefined) throw new Error(`there is no command ${number} in: ${notes}`);
  // One shell for people who paste them one after the other: what the second finds out, the third uses.
  const leader = /^ {3}LEADER=.*$/m.exec(notes)?.[0] ?? '';
  // What a command puts into the background ends with its block.
  const script = `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${leader}\n${block.replaceAll(/^ {3}/gm, '')}`;
  const environment = { KUBECONFIG: stack.environment.kubeconfig };
  const options = { environment, timeoutMs: commandTimeoutMs };
  return runCommand('bash', ['-euo', 'pipefail', '-c', `cd ${stack.folder}\n${script}`], options);
}
