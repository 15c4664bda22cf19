// The chart's policies and rights on a real API server, under names of their own, so that an installed release is left
// alone. Requests come from the agents' account by impersonation, with the claims that a bound token would carry, and as
// dry runs. The namespace has no Pod Security here: what is refused, the policies and rights refuse alone.

import { stringify } from 'yaml';
import { runCommand } from '../e2e/harness/commands.ts';
import { until } from '../e2e/harness/until.ts';
import { buildAgentPod, node } from './agent-pod.ts';
import { nameObject, type Rendered, render } from './helm.ts';
import { setAt } from './paths.ts';

export const namespace = 'forehold-policy-test';
/** For what an agent has no business in. */
export const otherNamespace = `${namespace}-other`;
export const priorityClassName = 'forehold-policy-test';
const suffix = '-policy-test';

export interface Claims {
  readonly node?: string;
  readonly nodeUid?: string;
}

const ours = [
  'ServiceAccount forehold-policy-test/forehold-agent',
  'Role forehold-policy-test/forehold-agent',
  'RoleBinding forehold-policy-test/forehold-agent',
  'PriorityClass forehold-policy-test',
];
const deadlineMs = 30_000;

/** Undefined where there is a cluster, else why there is none. */
export async function findReasonToSkip(): Promise<string | undefined> {
  try {
    await kubectl(['auth', 'can-i', '*', '*', '--all-namespaces', '--request-timeout=10s']);
    return undefined;
  } catch (error) {
    return `KUBECONFIG names no cluster that allows everything: ${String(error)}`;
  }
}

/** Of the API server: 36 of 1.36. */
export async function readMinorVersion(): Promise<number> {
  const { serverVersion } = JSON.parse(await kubectl(['version', '-o', 'json']));
  return Number.parseInt(serverVersion.minor, 10);
}

export async function setUpPolicies(): Promise<void> {
  await tearDownPolicies();
  for (const name of [namespace, otherNamespace])
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
  await apply(await renderPolicies());
  // API servers without controllers (a bare one will do for this) make no account of their own.
  for (const name of [namespace, otherNamespace])
    await kubectl(['-n', name, 'create', 'serviceaccount', 'default']).catch(() => undefined);
  await untilInForce();
}

export async function tearDownPolicies(): Promise<void> {
  const objects = await renderPolicies();
  const whole = stringifyAll(objects.filter(({ metadata }) => metadata.namespace === undefined));
  const patience = ['--ignore-not-found', '--wait=true', '--timeout=60s'];
  // No kubelet is there to end them.
  const pods = ['-n', namespace, 'delete', 'pods', '--all', '--grace-period=0', '--force'];
  await kubectl([...pods, '--ignore-not-found']);
  await kubectl(['delete', '-f', '-', ...patience], whole);
  await kubectl(['delete', 'namespace', namespace, otherNamespace, ...patience]);
}

/** As a careless administrator might: pods and evictions, in both namespaces. */
export async function grantEverything(): Promise<void> {
  const group = 'rbac.authorization.k8s.io';
  const rule = { apiGroups: [''], resources: ['pods', 'pods/eviction'], verbs: ['*'] };
  const subject = { kind: 'ServiceAccount', name: 'forehold-agent', namespace };
  for (const where of [namespace, otherNamespace]) {
    const metadata = { name: 'everything', namespace: where };
    const roleRef = { apiGroup: group, kind: 'Role', name: 'everything' };
    await apply([
      { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: [rule] },
      { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects: [subject] },
    ]);
  }
}

/** Options of kubectl that make it an agent's token with these claims. */
export function identify({ node, nodeUid }: Claims): readonly string[] {
  const claim = (name: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`--as-user-extra=authentication.kubernetes.io/${name}=${value}`];
  return [
    `--as=system:serviceaccount:${namespace}:forehold-agent`,
    '--as-group=system:serviceaccounts',
    '--as-group=system:authenticated',
    ...claim('node-name', node),
    ...claim('node-uid', nodeUid),
  ];
}

/** Undefined when the API server would do it, else its refusal. */
export async function tryAsAgent(
  args: readonly string[],
  object: object | undefined,
  claims: Claims,
): Promise<string | undefined> {
  const input = object === undefined ? undefined : JSON.stringify(object);
  return kubectl([...args, '--dry-run=server', ...identify(claims)], input).then(
    () => undefined,
    (error: unknown) => String(error),
  );
}

/** `kubectl create` or `apply` as the administrator. */
export async function apply(objects: readonly object[]): Promise<void> {
  await kubectl(['apply', '-f', '-'], stringifyAll(objects));
}

export function kubectl(args: readonly string[], input?: string): Promise<string> {
  return runCommand('kubectl', args, input === undefined ? {} : { input });
}

async function renderPolicies(): Promise<readonly Rendered[]> {
  const objects = await render({
    pulls: { namespace, createNamespace: false, priorityClass: { name: priorityClassName } },
    admissionPolicies: { registries: { allowed: ['docker.io', 'registry.example/team'] } },
  });
  const policies = objects.filter(({ kind }) => kind.startsWith('ValidatingAdmissionPolicy'));
  const others = objects.filter((object) => ours.includes(nameObject(object)));
  const list = objects.filter(({ metadata }) => metadata.name === 'forehold-registries');
  const parameters = list.filter(({ kind }) => kind === 'ConfigMap');
  return [...others, ...parameters, ...policies].map(rename);
}

/** Policies are cluster-wide: here they have names that no release has, and parameters in the test's namespace. */
function rename(object: Rendered): Rendered {
  if (!object.kind.startsWith('ValidatingAdmissionPolicy') && object.kind !== 'ConfigMap')
    return object;
  const text = JSON.stringify(object)
    .replaceAll('"name":"forehold-agents"', `"name":"forehold-agents${suffix}"`)
    .replaceAll('"name":"forehold-not-after"', `"name":"forehold-not-after${suffix}"`)
    .replaceAll('"name":"forehold-registries"', `"name":"forehold-registries${suffix}"`)
    .replaceAll(/"policyName":"([a-z-]+)"/g, `"policyName":"$1${suffix}"`)
    .replaceAll('"namespace":"forehold"', `"namespace":"${namespace}"`);
  const renamed: Rendered = JSON.parse(text);
  return renamed;
}

function stringifyAll(objects: readonly object[]): string {
  return objects.map((object) => stringify(object)).join('---\n');
}

/** A policy takes a moment to act: each of the three has refused something before a test begins. */
async function untilInForce(): Promise<void> {
  const inTime = Date.now() + deadlineMs;
  const named = { namespace, priorityClassName };
  const stranger = buildAgentPod({ ...named, notAfterMs: inTime });
  const probes: readonly (readonly [object, string])[] = [
    [setAt(stranger, ['spec', 'restartPolicy'], 'Always'), 'restartPolicy'],
    [buildAgentPod({ ...named, notAfterMs: 0 }), 'not-after'],
    [buildAgentPod({ ...named, notAfterMs: inTime, image: 'nowhere.example/none' }), 'not pull'],
  ];
  const claims = { node: node.name, nodeUid: node.uid };
  for (const [object, words] of probes) {
    let refusal: string | undefined;
    await until(`a policy says "${words}"`, deadlineMs, async () => {
      refusal = await tryAsAgent(['create', '-f', '-'], object, claims);
      return refusal?.includes(words);
    }).catch((error: unknown) => {
      throw new Error(`it says ${refusal}`, { cause: error });
    });
  }
}
