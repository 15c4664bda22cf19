// What the real API server adds to a pod on its way in: the defaults of its type and those of the admission plugins
// that are always on (DefaultTolerationSeconds, ServiceAccount, Priority), as far as Forehold or its kubelets see them.

import { isJsonObject, type JsonObject } from '../../shared/json.ts';

const defaultTolerationSeconds = 300;
const evictionTaints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The pod with defaults; what is no pod at all comes back as it is, for the validation to refuse. */
export function defaultPod(pod: JsonObject): JsonObject {
  const { spec } = pod;
  if (!isJsonObject(spec)) return pod;
  const account = textOr(spec['serviceAccountName'], 'default');
  return {
    ...pod,
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      securityContext: {},
      schedulerName: 'default-scheduler',
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
      ...spec,
      serviceAccountName: account,
      serviceAccount: account,
      containers: defaultContainers(spec['containers']),
      tolerations: defaultTolerations(spec['tolerations']),
    },
  };
}

function defaultContainers(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((container: unknown) =>
    isJsonObject(container)
      ? {
          resources: {},
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: defaultPullPolicy(textOr(container['image'], '')),
          ...container,
        }
      : container,
  );
}

/** Always for an image without tag or with `latest`, unless a digest names it exactly. */
function defaultPullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

/** NotReady and unreachable nodes keep a pod for five minutes, unless the pod itself says otherwise. */
function defaultTolerations(tolerations: unknown): unknown {
  const given: readonly unknown[] = Array.isArray(tolerations) ? tolerations : [];
  const missing = evictionTaints.filter((key) => !given.some((one) => toleratesEviction(one, key)));
  const added = missing.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: defaultTolerationSeconds,
  }));
  return [...given, ...added];
}

function toleratesEviction(toleration: unknown, key: string): boolean {
  if (!isJsonObject(toleration)) return false;
  const ownKey = textOr(toleration['key'], '');
  const effect = textOr(toleration['effect'], '');
  return (ownKey === '' || ownKey === key) && (effect === '' || effect === 'NoExecute');
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}
