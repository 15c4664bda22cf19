// Original file: proto/forehold/v1/types.proto

/**
 * Why. Conditions, logs and metrics show the same words in CamelCase: REASON_IMAGE_NOT_FOUND is ImageNotFound. The
 * first sentence of each says what it means, the others what to do about it; docs/reasons.md is made from them.
 */
export const Reason = {
  REASON_UNSPECIFIED: 'REASON_UNSPECIFIED',
  /**
   * The image is on the node, or on all target nodes. Nothing to do.
   */
  REASON_CACHED: 'REASON_CACHED',
  /**
   * Some target nodes do not have the image yet. Wait; `forehold explain IMAGE` says what holds the others back.
   */
  REASON_IN_PROGRESS: 'REASON_IN_PROGRESS',
  /**
   * A pull is under way. Wait; `forehold leases` shows it, and it cannot be stopped.
   */
  REASON_PULLING: 'REASON_PULLING',
  /**
   * Every target node has the image. Nothing to do.
   */
  REASON_COMPLETE: 'REASON_COMPLETE',
  /**
   * No pull is under way and the failing ones wait for their backoff. See condition Ready for the reason.
   */
  REASON_STALLED: 'REASON_STALLED',
  /**
   * No pull is under way yet. Wait; `forehold explain IMAGE` says what holds it back.
   */
  REASON_IDLE: 'REASON_IDLE',
  /**
   * No node matches nodeSelector and tolerations. Check both against the nodes' labels and taints.
   */
  REASON_NO_TARGET_NODES: 'REASON_NO_TARGET_NODES',
  /**
   * The object cannot be understood. Correct the field that the message names.
   */
  REASON_INVALID_SPEC: 'REASON_INVALID_SPEC',
  /**
   * The registry has no such image or tag. Correct image, tag or digest.
   */
  REASON_IMAGE_NOT_FOUND: 'REASON_IMAGE_NOT_FOUND',
  /**
   * The registry wants other credentials. Check imagePullSecrets and that the secret exists in the pull namespace.
   */
  REASON_UNAUTHORIZED: 'REASON_UNAUTHORIZED',
  /**
   * The kubelet refused to run the pod, for want of resources or because of taints or node selection. Read the message.
   */
  REASON_POD_REJECTED: 'REASON_POD_REJECTED',
  /**
   * The pod was removed by somebody else and its outcome is unknown. It is tried again if the image does not show up.
   */
  REASON_POD_VANISHED: 'REASON_POD_VANISHED',
  /**
   * The API server or a policy refused the pull pod. Read the message; check policies and quota of the pull namespace.
   */
  REASON_ADMISSION_DENIED: 'REASON_ADMISSION_DENIED',
  /**
   * The pull took longer than pullTimeout. Raise it, or look at the node's network and disk.
   */
  REASON_PULL_TIMEOUT: 'REASON_PULL_TIMEOUT',
  /**
   * The pull failed for another reason, in the message. Read the message; it is tried again after a backoff.
   */
  REASON_PULL_FAILED: 'REASON_PULL_FAILED',
  /**
   * No CachedImage wants the pair any more. Nothing to do.
   */
  REASON_NO_LONGER_DESIRED: 'REASON_NO_LONGER_DESIRED',
  /**
   * The agent could not create the pod before the offer ran out. It is offered again; if it recurs, look at the agent's
   * log.
   */
  REASON_OFFER_LAPSED: 'REASON_OFFER_LAPSED',
  /**
   * The node object is gone. Nothing to do.
   */
  REASON_NODE_GONE: 'REASON_NODE_GONE',
  /**
   * The node was offered a lease and its agent is about to create the pull pod. Wait a few seconds.
   */
  REASON_LEASE_OFFERED: 'REASON_LEASE_OFFERED',
  /**
   * The node's labels do not match the nodeSelector of any CachedImage for the image. Change the selector or the labels
   * if it should have the image.
   */
  REASON_NOT_TARGETED: 'REASON_NOT_TARGETED',
  /**
   * The node's condition Ready is not True. Look at the node; pulls go on when it is Ready again.
   */
  REASON_NODE_NOT_READY: 'REASON_NODE_NOT_READY',
  /**
   * The node is cordoned, so nothing new is pulled on it. Uncordon it when it should take part again.
   */
  REASON_NODE_CORDONED: 'REASON_NODE_CORDONED',
  /**
   * The node has a taint that no CachedImage for the image tolerates. Add the toleration, or remove the taint.
   */
  REASON_NODE_TAINTED: 'REASON_NODE_TAINTED',
  /**
   * The node is being removed. Nothing to do.
   */
  REASON_NODE_DELETING: 'REASON_NODE_DELETING',
  /**
   * The node is short of disk, memory or process ids, so its kubelet refuses pods. Free what the node's conditions
   * name.
   */
  REASON_NODE_PRESSURE: 'REASON_NODE_PRESSURE',
  /**
   * The node's disk has no room for the image. Free or enlarge it, or desire fewer images on this node.
   */
  REASON_INSUFFICIENT_DISK: 'REASON_INSUFFICIENT_DISK',
  /**
   * The image has no variant for the node's operating system and architecture. Build one, or choose nodes with a
   * nodeSelector on kubernetes.io/arch and kubernetes.io/os.
   */
  REASON_PLATFORM_MISMATCH: 'REASON_PLATFORM_MISMATCH',
  /**
   * No agent of this node has connected since the coordinator started. Check that the agents' DaemonSet has a running
   * pod on the node, and its log.
   */
  REASON_AGENT_MISSING: 'REASON_AGENT_MISSING',
  /**
   * The node's agent was connected, and is not now or has not told its inventory. Wait half a minute; then look at the
   * log of the agent on the node.
   */
  REASON_AGENT_DISCONNECTED: 'REASON_AGENT_DISCONNECTED',
  /**
   * An operator has paused the cluster, the policy or the image. `forehold limits` says who and why; `forehold resume`
   * ends it.
   */
  REASON_PAUSED: 'REASON_PAUSED',
  /**
   * Images with a lower priority value or a better rank go first. Wait, or lower the value of spec.priority.
   */
  REASON_LOWER_PRIORITY: 'REASON_LOWER_PRIORITY',
  /**
   * As many pulls are under way in the cluster as a limit allows. Wait, or raise the limit in the coordinator's
   * configuration.
   */
  REASON_CLUSTER_LIMIT: 'REASON_CLUSTER_LIMIT',
  /**
   * As many pulls of the PullPolicy are under way as it allows. Wait, or raise its maxConcurrentPulls.
   */
  REASON_POLICY_LIMIT: 'REASON_POLICY_LIMIT',
  /**
   * As many nodes pull the image at once as a limit allows. Wait, or raise the limit per image or the policy's
   * maxConcurrentNodes.
   */
  REASON_IMAGE_LIMIT: 'REASON_IMAGE_LIMIT',
  /**
   * As many pulls from the registry are under way as a limit allows. Wait, or raise the limit in the coordinator's
   * configuration.
   */
  REASON_REGISTRY_LIMIT: 'REASON_REGISTRY_LIMIT',
  /**
   * As many pulls are under way in the node's zone as a limit allows. Wait, or raise the limit in the coordinator's
   * configuration.
   */
  REASON_ZONE_LIMIT: 'REASON_ZONE_LIMIT',
  /**
   * The node pulls as many images at once as a limit allows. Wait, or raise the limit per node or the policy's
   * maxConcurrentPullsPerNode.
   */
  REASON_NODE_LIMIT: 'REASON_NODE_LIMIT',
  /**
   * As many pulls have started within the last minute as a limit allows. Wait, or raise its startsPerMinute.
   */
  REASON_RATE_LIMIT: 'REASON_RATE_LIMIT',
  /**
   * The least time between two starts has not passed yet. Wait, or lower minDelay or the policy's minDelayBetweenPulls.
   */
  REASON_MIN_DELAY: 'REASON_MIN_DELAY',
  /**
   * The last attempt failed and the next one waits for its time. The message says what failed; repair that.
   */
  REASON_BACKOFF: 'REASON_BACKOFF',
  /**
   * The registry fails or asks to be left alone on several nodes, so nobody pulls from it until one node's probe
   * succeeds. Look at the registry.
   */
  REASON_REGISTRY_CIRCUIT_OPEN: 'REASON_REGISTRY_CIRCUIT_OPEN',
  /**
   * Several images have failed on this node, so it rests until a probe succeeds. Look at the node's network, disk and
   * runtime.
   */
  REASON_NODE_CIRCUIT_OPEN: 'REASON_NODE_CIRCUIT_OPEN',
  /**
   * The policy lets a few nodes pull the image first, and they are not done. Wait; if they fail, repair the image.
   */
  REASON_CANARY_WAIT: 'REASON_CANARY_WAIT',
  /**
   * The policy lets one node of each zone pull the image first, and they are not done. Wait; if they fail,
   * repair the image.
   */
  REASON_SEED_WAIT: 'REASON_SEED_WAIT',
  /**
   * The registry refuses for a while because of too many requests. Wait; lower the limits for this registry, or pull
   * with credentials that allow more.
   */
  REASON_REGISTRY_RATE_LIMITED: 'REASON_REGISTRY_RATE_LIMITED',
  /**
   * The registry cannot be reached or answers with an error of its own. Look at the registry and the way to it.
   */
  REASON_REGISTRY_UNAVAILABLE: 'REASON_REGISTRY_UNAVAILABLE',
  /**
   * The node cannot resolve the registry's name. Check the name and the node's DNS.
   */
  REASON_DNS_ERROR: 'REASON_DNS_ERROR',
  /**
   * The node does not trust the registry's certificate, or the registry does not speak TLS. Repair the certificate or
   * the node's trust.
   */
  REASON_TLS_ERROR: 'REASON_TLS_ERROR',
  /**
   * The pull pod got no address, as its events say, which the coordinator reads where it may (chart value rbac.events).
   * Enlarge the node's address range or run fewer pods there; the message has the network plug-in's words.
   */
  REASON_NO_POD_IP: 'REASON_NO_POD_IP',
  /**
   * The runtime could not set up the pull pod, for want of an address, of a network or of something else. Read the message,
   * or the pod's events where the coordinator may not (chart value rbac.events); look at the node's runtime and network
   * plug-in.
   */
  REASON_SANDBOX_FAILED: 'REASON_SANDBOX_FAILED',
  /**
   * An admission webhook of the cluster did not answer, so the API server refused the pull pod. Repair the webhook, or
   * exempt the pull namespace.
   */
  REASON_WEBHOOK_UNAVAILABLE: 'REASON_WEBHOOK_UNAVAILABLE',
  /**
   * The pull namespace's ResourceQuota is used up. Raise it.
   */
  REASON_QUOTA_EXCEEDED: 'REASON_QUOTA_EXCEEDED',
  /**
   * The node's policy does not accept the image's signature. Sign the image, or correct the policy.
   */
  REASON_SIGNATURE_REJECTED: 'REASON_SIGNATURE_REJECTED',
  /**
   * The PullPolicy that policyRef names does not exist, so the built-in limits apply. Create it, or correct policyRef.
   */
  REASON_POLICY_NOT_FOUND: 'REASON_POLICY_NOT_FOUND',
  /**
   * The coordinator has just started and first learns what its predecessor did. Wait half a minute.
   */
  REASON_RECOVERING: 'REASON_RECOVERING',
  /**
   * An operator took the lease back, which ended in the deletion of its pull pod. It is offered again after a backoff;
   * pause the image to prevent that.
   */
  REASON_REVOKED: 'REASON_REVOKED',
  /**
   * The ended pull pod of an earlier lease still has the name that the next one needs. Wait; its agent deletes it
   * within two minutes, else the coordinator within ten.
   */
  REASON_LEFTOVER_POD: 'REASON_LEFTOVER_POD',
} as const;

/**
 * Why. Conditions, logs and metrics show the same words in CamelCase: REASON_IMAGE_NOT_FOUND is ImageNotFound. The
 * first sentence of each says what it means, the others what to do about it; docs/reasons.md is made from them.
 */
export type ReasonInput =
  | 'REASON_UNSPECIFIED'
  | 0
  /**
   * The image is on the node, or on all target nodes. Nothing to do.
   */
  | 'REASON_CACHED'
  | 1
  /**
   * Some target nodes do not have the image yet. Wait; `forehold explain IMAGE` says what holds the others back.
   */
  | 'REASON_IN_PROGRESS'
  | 2
  /**
   * A pull is under way. Wait; `forehold leases` shows it, and it cannot be stopped.
   */
  | 'REASON_PULLING'
  | 3
  /**
   * Every target node has the image. Nothing to do.
   */
  | 'REASON_COMPLETE'
  | 4
  /**
   * No pull is under way and the failing ones wait for their backoff. See condition Ready for the reason.
   */
  | 'REASON_STALLED'
  | 5
  /**
   * No pull is under way yet. Wait; `forehold explain IMAGE` says what holds it back.
   */
  | 'REASON_IDLE'
  | 6
  /**
   * No node matches nodeSelector and tolerations. Check both against the nodes' labels and taints.
   */
  | 'REASON_NO_TARGET_NODES'
  | 7
  /**
   * The object cannot be understood. Correct the field that the message names.
   */
  | 'REASON_INVALID_SPEC'
  | 8
  /**
   * The registry has no such image or tag. Correct image, tag or digest.
   */
  | 'REASON_IMAGE_NOT_FOUND'
  | 9
  /**
   * The registry wants other credentials. Check imagePullSecrets and that the secret exists in the pull namespace.
   */
  | 'REASON_UNAUTHORIZED'
  | 10
  /**
   * The kubelet refused to run the pod, for want of resources or because of taints or node selection. Read the message.
   */
  | 'REASON_POD_REJECTED'
  | 11
  /**
   * The pod was removed by somebody else and its outcome is unknown. It is tried again if the image does not show up.
   */
  | 'REASON_POD_VANISHED'
  | 12
  /**
   * The API server or a policy refused the pull pod. Read the message; check policies and quota of the pull namespace.
   */
  | 'REASON_ADMISSION_DENIED'
  | 13
  /**
   * The pull took longer than pullTimeout. Raise it, or look at the node's network and disk.
   */
  | 'REASON_PULL_TIMEOUT'
  | 14
  /**
   * The pull failed for another reason, in the message. Read the message; it is tried again after a backoff.
   */
  | 'REASON_PULL_FAILED'
  | 15
  /**
   * No CachedImage wants the pair any more. Nothing to do.
   */
  | 'REASON_NO_LONGER_DESIRED'
  | 16
  /**
   * The agent could not create the pod before the offer ran out. It is offered again; if it recurs, look at the agent's
   * log.
   */
  | 'REASON_OFFER_LAPSED'
  | 17
  /**
   * The node object is gone. Nothing to do.
   */
  | 'REASON_NODE_GONE'
  | 18
  /**
   * The node was offered a lease and its agent is about to create the pull pod. Wait a few seconds.
   */
  | 'REASON_LEASE_OFFERED'
  | 19
  /**
   * The node's labels do not match the nodeSelector of any CachedImage for the image. Change the selector or the labels
   * if it should have the image.
   */
  | 'REASON_NOT_TARGETED'
  | 20
  /**
   * The node's condition Ready is not True. Look at the node; pulls go on when it is Ready again.
   */
  | 'REASON_NODE_NOT_READY'
  | 21
  /**
   * The node is cordoned, so nothing new is pulled on it. Uncordon it when it should take part again.
   */
  | 'REASON_NODE_CORDONED'
  | 22
  /**
   * The node has a taint that no CachedImage for the image tolerates. Add the toleration, or remove the taint.
   */
  | 'REASON_NODE_TAINTED'
  | 23
  /**
   * The node is being removed. Nothing to do.
   */
  | 'REASON_NODE_DELETING'
  | 24
  /**
   * The node is short of disk, memory or process ids, so its kubelet refuses pods. Free what the node's conditions
   * name.
   */
  | 'REASON_NODE_PRESSURE'
  | 25
  /**
   * The node's disk has no room for the image. Free or enlarge it, or desire fewer images on this node.
   */
  | 'REASON_INSUFFICIENT_DISK'
  | 26
  /**
   * The image has no variant for the node's operating system and architecture. Build one, or choose nodes with a
   * nodeSelector on kubernetes.io/arch and kubernetes.io/os.
   */
  | 'REASON_PLATFORM_MISMATCH'
  | 27
  /**
   * No agent of this node has connected since the coordinator started. Check that the agents' DaemonSet has a running
   * pod on the node, and its log.
   */
  | 'REASON_AGENT_MISSING'
  | 28
  /**
   * The node's agent was connected, and is not now or has not told its inventory. Wait half a minute; then look at the
   * log of the agent on the node.
   */
  | 'REASON_AGENT_DISCONNECTED'
  | 29
  /**
   * An operator has paused the cluster, the policy or the image. `forehold limits` says who and why; `forehold resume`
   * ends it.
   */
  | 'REASON_PAUSED'
  | 30
  /**
   * Images with a lower priority value or a better rank go first. Wait, or lower the value of spec.priority.
   */
  | 'REASON_LOWER_PRIORITY'
  | 31
  /**
   * As many pulls are under way in the cluster as a limit allows. Wait, or raise the limit in the coordinator's
   * configuration.
   */
  | 'REASON_CLUSTER_LIMIT'
  | 32
  /**
   * As many pulls of the PullPolicy are under way as it allows. Wait, or raise its maxConcurrentPulls.
   */
  | 'REASON_POLICY_LIMIT'
  | 33
  /**
   * As many nodes pull the image at once as a limit allows. Wait, or raise the limit per image or the policy's
   * maxConcurrentNodes.
   */
  | 'REASON_IMAGE_LIMIT'
  | 34
  /**
   * As many pulls from the registry are under way as a limit allows. Wait, or raise the limit in the coordinator's
   * configuration.
   */
  | 'REASON_REGISTRY_LIMIT'
  | 35
  /**
   * As many pulls are under way in the node's zone as a limit allows. Wait, or raise the limit in the coordinator's
   * configuration.
   */
  | 'REASON_ZONE_LIMIT'
  | 36
  /**
   * The node pulls as many images at once as a limit allows. Wait, or raise the limit per node or the policy's
   * maxConcurrentPullsPerNode.
   */
  | 'REASON_NODE_LIMIT'
  | 37
  /**
   * As many pulls have started within the last minute as a limit allows. Wait, or raise its startsPerMinute.
   */
  | 'REASON_RATE_LIMIT'
  | 38
  /**
   * The least time between two starts has not passed yet. Wait, or lower minDelay or the policy's minDelayBetweenPulls.
   */
  | 'REASON_MIN_DELAY'
  | 39
  /**
   * The last attempt failed and the next one waits for its time. The message says what failed; repair that.
   */
  | 'REASON_BACKOFF'
  | 40
  /**
   * The registry fails or asks to be left alone on several nodes, so nobody pulls from it until one node's probe
   * succeeds. Look at the registry.
   */
  | 'REASON_REGISTRY_CIRCUIT_OPEN'
  | 41
  /**
   * Several images have failed on this node, so it rests until a probe succeeds. Look at the node's network, disk and
   * runtime.
   */
  | 'REASON_NODE_CIRCUIT_OPEN'
  | 42
  /**
   * The policy lets a few nodes pull the image first, and they are not done. Wait; if they fail, repair the image.
   */
  | 'REASON_CANARY_WAIT'
  | 43
  /**
   * The policy lets one node of each zone pull the image first, and they are not done. Wait; if they fail,
   * repair the image.
   */
  | 'REASON_SEED_WAIT'
  | 44
  /**
   * The registry refuses for a while because of too many requests. Wait; lower the limits for this registry, or pull
   * with credentials that allow more.
   */
  | 'REASON_REGISTRY_RATE_LIMITED'
  | 45
  /**
   * The registry cannot be reached or answers with an error of its own. Look at the registry and the way to it.
   */
  | 'REASON_REGISTRY_UNAVAILABLE'
  | 46
  /**
   * The node cannot resolve the registry's name. Check the name and the node's DNS.
   */
  | 'REASON_DNS_ERROR'
  | 47
  /**
   * The node does not trust the registry's certificate, or the registry does not speak TLS. Repair the certificate or
   * the node's trust.
   */
  | 'REASON_TLS_ERROR'
  | 48
  /**
   * The pull pod got no address, as its events say, which the coordinator reads where it may (chart value rbac.events).
   * Enlarge the node's address range or run fewer pods there; the message has the network plug-in's words.
   */
  | 'REASON_NO_POD_IP'
  | 49
  /**
   * The runtime could not set up the pull pod, for want of an address, of a network or of something else. Read the message,
   * or the pod's events where the coordinator may not (chart value rbac.events); look at the node's runtime and network
   * plug-in.
   */
  | 'REASON_SANDBOX_FAILED'
  | 50
  /**
   * An admission webhook of the cluster did not answer, so the API server refused the pull pod. Repair the webhook, or
   * exempt the pull namespace.
   */
  | 'REASON_WEBHOOK_UNAVAILABLE'
  | 51
  /**
   * The pull namespace's ResourceQuota is used up. Raise it.
   */
  | 'REASON_QUOTA_EXCEEDED'
  | 52
  /**
   * The node's policy does not accept the image's signature. Sign the image, or correct the policy.
   */
  | 'REASON_SIGNATURE_REJECTED'
  | 53
  /**
   * The PullPolicy that policyRef names does not exist, so the built-in limits apply. Create it, or correct policyRef.
   */
  | 'REASON_POLICY_NOT_FOUND'
  | 54
  /**
   * The coordinator has just started and first learns what its predecessor did. Wait half a minute.
   */
  | 'REASON_RECOVERING'
  | 55
  /**
   * An operator took the lease back, which ended in the deletion of its pull pod. It is offered again after a backoff;
   * pause the image to prevent that.
   */
  | 'REASON_REVOKED'
  | 56
  /**
   * The ended pull pod of an earlier lease still has the name that the next one needs. Wait; its agent deletes it
   * within two minutes, else the coordinator within ten.
   */
  | 'REASON_LEFTOVER_POD'
  | 57

/**
 * Why. Conditions, logs and metrics show the same words in CamelCase: REASON_IMAGE_NOT_FOUND is ImageNotFound. The
 * first sentence of each says what it means, the others what to do about it; docs/reasons.md is made from them.
 */
export type Reason = typeof Reason[keyof typeof Reason]
