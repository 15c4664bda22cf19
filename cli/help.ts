// Help texts: of all commands, and of each.

import { ports } from '../shared/names.ts';
import type { CommandWord } from './options.ts';

const texts: Readonly<Record<CommandWord, string>> = {
  explain: `forehold explain IMAGE [--node NODE]

Why an image is or is not on the nodes: how many nodes for which reason, and those that need attention most. With
--node: the one reason for this node, since when, which leases hold the limit that it waits for, what happens next and
when. docs/reasons.md lists all reasons and what to do about each.

  --node NODE          only this node
`,
  limits: `forehold limits [--limit NAME] [--all]

Every limit: how much of it is in use, how many pairs of node and image wait for what it counts, and how many of them it
holds back itself; then what is paused. A limit that is counted per image, registry, zone or node has a row for each; the
ten that hold back most are shown.

  --limit NAME         only this limit
  --all                every row
`,
  pause: `forehold pause --all | --policy NAME | --image IMAGE [--why TEXT]

No new pulls, of everything, of the images of one PullPolicy or of one image, until somebody resumes. Pulls under way go
on, because a pull cannot be stopped. The pause outlives restarts of the coordinator.

  --why TEXT           for those who wonder, at most 256 characters
  --by TEXT            who you are; the name of the account you are logged in with unless given
`,
  resume: `forehold resume --all | --policy NAME | --image IMAGE

Ends a pause of the same words. Other pauses stay: an image of a paused policy waits for both.
`,
  revoke: `forehold revoke LEASE [--why TEXT]

Takes a lease back: its pull pod is deleted, and its slot counts until the pod is gone. It cannot stop a pull that the
kubelet has begun, so the image may still arrive. The pair is offered again after a backoff, unless it is paused.
forehold leases shows the ids.

  --why TEXT           for those who wonder, at most 256 characters
  --by TEXT            who you are; the name of the account you are logged in with unless given
`,
  leases: `forehold leases [--watch] [--all] [--node NODE] [--image IMAGE]

Live leases: which node pulls which image.

  --watch              then every change, until Ctrl-C
  --all                ended leases as well (the last 1,000)
  --node NODE          only leases of this node
  --image IMAGE        only leases of this image, in any spelling
`,
  images: `forehold images

Desired images: on how many nodes they are, and which limit holds them back.
`,
  nodes: `forehold nodes [NODE]

Nodes: agent, inventory, what they still miss. Of one node: where it stands with each of its images, and why.
`,
};

const connection = `Finding the coordinator:
  --namespace NAMESPACE, -n   where Forehold is installed, default forehold
  --pull-namespace NAMESPACE  where its agents run, default forehold-pulls
  --kubeconfig FILE           default as kubectl does: $KUBECONFIG, ~/.kube/config, else the pod's own account
  --context NAME              default the current one
  --coordinator HOST:PORT     straight there instead, default $FOREHOLD_COORDINATOR; npm start listens on 127.0.0.1:${ports.grpc}
  --ca-file FILE              with --coordinator: the coordinator's CA; without it only this machine can be reached
  --token-file FILE           with --ca-file: a token with audience forehold-inspector
Through a kubeconfig it forwards a port to the pod that leads and asks for a ten-minute token of service account
forehold-viewer, or forehold-operator for what changes something. The kubeconfig's credential goes to the API server only.
`;

const common = `  --json               one JSON document; with --watch one line for each change
  --help
`;

const exits = 'Exit code: 0 done, 1 the coordinator cannot be reached or refused, 2 bad usage.\n';

/** @param word undefined for the help of all commands */
export function helpOf(word: CommandWord | undefined): string {
  if (word !== undefined) return `Usage: ${texts[word]}${common}\n${connection}\n${exits}`;
  return `Usage: forehold COMMAND [options]          (or kubectl forehold COMMAND)

Shows what a running coordinator knows, and why it does what it does.

Commands:
  explain IMAGE        why an image is or is not on the nodes
  limits               limits, their use, and what is paused
  leases               which node pulls which image
  images               desired images and how far they are
  nodes [NODE]         nodes and what they miss
  pause                no new pulls, of everything, a policy or an image
  resume               end a pause
  revoke LEASE         take a lease back
forehold COMMAND --help says more.

Options:
${common}
${connection}
${exits}`;
}
