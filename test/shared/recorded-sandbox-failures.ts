// What kubelets' events say of a pod that cannot have its sandbox, word for word, and what Forehold makes of it: the table
// that tests of the classification go over. `from` is where the sentence was recorded: `seen` is the test bed in November 2026
// (Kubernetes 1.36.3, containerd 2.4.2, CNI plugins of Debian 12), else an issue or pull request as OWNER/REPOSITORY#NUMBER. Sandbox
// ids are shortened, and where only the plugin's part is quoted there, the runtime's is put before it.

import type { Reason } from '../../shared/reason.ts';

export interface RecordedSandboxFailure {
  readonly what: string;
  readonly from: string;
  readonly reason: Reason;
  /** Reason of the event; FailedCreatePodSandBox unless given. */
  readonly event?: string;
  readonly message: string;
}

const containerd =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "9a1b3fd9": ';
const docker =
  'Failed create pod sandbox: rpc error: code = Unknown desc = failed to set up sandbox container "49a1e22a" network for pod "web": NetworkPlugin cni failed to set up pod "web_default" network: ';

export const sandboxFailures: readonly RecordedSandboxFailure[] = [
  {
    what: 'host-local',
    from: 'seen',
    reason: 'NoPodIP',
    message: `${containerd}plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.88.1.1-10.88.1.254`,
  },
  {
    what: 'host-local, from the tenth time on',
    from: 'seen',
    reason: 'NoPodIP',
    message: `(combined from similar events): ${containerd}plugin type="ptp" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.88.1.1-10.88.1.254`,
  },
  {
    what: 'host-local (flannel, MicroK8s)',
    from: 'canonical/microk8s#1147',
    reason: 'NoPodIP',
    message: `(combined from similar events): ${containerd}failed to allocate for range 0: no IP addresses available in range set: 10.1.56.1-10.1.56.254`,
  },
  {
    what: 'host-local (GKE)',
    from: 'kubernetes/test-infra#13039',
    reason: 'NoPodIP',
    message: `Failed create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "42bf93c9": failed to allocate for range 0: no IP addresses available in range set: 10.60.28.1-10.60.28.254`,
  },
  {
    what: 'host-local (OpenShift SDN)',
    from: 'debianmaster/openshift-examples#59',
    reason: 'NoPodIP',
    message: `Failed create pod sandbox: rpc error: code = Unknown desc = NetworkPlugin cni failed to set up pod "web_test" network: CNI request failed with status 400: 'failed to run IPAM for 065c31ce: failed to run CNI IPAM ADD: failed to allocate for range 0: no IP addresses available in range set: 10.128.0.1-10.128.1.254 '`,
  },
  {
    what: 'Amazon VPC',
    from: 'kubernetes/kubernetes#131071',
    reason: 'NoPodIP',
    message: `${containerd}plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container`,
  },
  {
    what: 'Amazon VPC, older',
    from: 'aws/amazon-vpc-cni-k8s#668',
    reason: 'NoPodIP',
    message: `(combined from similar events): ${docker}add cmd: failed to assign an IP address to container`,
  },
  {
    what: 'Calico, no free block',
    from: 'projectcalico/libcalico-go (message of its IPAM)',
    reason: 'NoPodIP',
    message: `${containerd}plugin type="calico" failed (add): failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No more free affine blocks and strict affinity enabled`,
  },
  {
    what: 'Calico, full pools',
    from: 'projectcalico/libcalico-go (message of its IPAM)',
    reason: 'NoPodIP',
    message: `${containerd}plugin type="calico" failed (add): failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.99.9.0/29]`,
  },
  {
    what: 'Cilium, full range',
    from: 'cilium/cilium#9793',
    reason: 'NoPodIP',
    message: `(combined from similar events): ${docker}unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure  range is full`,
  },
  {
    what: 'Cilium in a cloud',
    from: 'cilium/cilium#42369',
    reason: 'NoPodIP',
    message: `(combined from similar events): ${containerd}plugin type="cilium-cni" name="cilium" failed (add): unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "No more IPs available"`,
  },
  {
    what: 'Cilium with several pools',
    from: 'cilium/cilium#48717',
    reason: 'NoPodIP',
    message: `${containerd}plugin type="cilium-cni" name="cilium" failed (add): unable to allocate IP via local cilium agent: [POST /ipam][502] postIpamFailure "all CIDR ranges are exhausted"`,
  },
  {
    what: 'Azure, address of the subnet',
    from: 'Azure/AKS#2532',
    reason: 'NoPodIP',
    message: `${containerd}Failed to allocate pool: Failed to delegate: Failed to allocate address: No available addresses`,
  },
  {
    what: 'Azure, address pool',
    from: 'Azure/aks-engine#4263',
    reason: 'NoPodIP',
    message: `${docker}Failed to allocate pool: Failed to delegate: Failed to allocate pool: No available address pools`,
  },
  {
    what: 'Azure with CNS',
    from: 'MicrosoftDocs/architecture-center#4402',
    reason: 'NoPodIP',
    message: `${containerd}plugin type='azure-vnet' failed (add): IPAM Invoker Add failed with error: Failed to get IP address from CNS with error: %w: AllocateIPConfig failed: not enough IPs available for 9c6a7f37-dd43-4f7c-a01f-1ff41653609c, waiting on Azure CNS to allocate more with NC Status: , IP config request is [IPConfigRequest: DesiredIPAddress , PodInterfaceID a1876957-eth0]`,
  },
  {
    what: 'Whereabouts',
    from: 'kubernetes/kubernetes#96200',
    reason: 'NoPodIP',
    message: `${docker}[bcs/web:n99prov]: error adding container to network "n99prov": Error at storage engine: Could not allocate IP in range: ip: 172.24.1.120 / - 172.24.1.123 / range: net.IPNet{IP:net.IP{0xac, 0x18, 0x0, 0x0}, Mask:net.IPMask{0xff, 0xff, 0xfe, 0x0}}`,
  },
  {
    what: 'Kube-OVN',
    from: 'kubeovn/kube-ovn#1697',
    reason: 'NoPodIP',
    message: `${containerd}request ip return 500 no address allocated to pod ns2/vpc2-pod provider ovn, please see kube-ovn-controller logs to find errors`,
  },
  {
    what: "Kube-OVN's own event",
    from: 'kubeovn/kube-ovn#4210, #4775',
    reason: 'NoPodIP',
    event: 'AcquireAddressFailed',
    message: 'NoAvailableAddress',
  },
  {
    what: 'no plugin yet',
    from: 'kubernetes/kubernetes (kubelet)',
    reason: 'SandboxFailed',
    event: 'NetworkNotReady',
    message:
      'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  },
  {
    what: 'Calico not running',
    from: 'kubernetes/kubernetes#62451',
    reason: 'SandboxFailed',
    message:
      'Failed create pod sandbox: rpc error: code = Unknown desc = NetworkPlugin cni failed to set up pod "kube-dns-86f4d74b45-kgjbk_kube-system" network: stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/',
  },
  {
    what: 'Amazon VPC not running',
    from: 'projectcalico/calico#4087',
    reason: 'SandboxFailed',
    message: `(combined from similar events): ${containerd}add cmd: Error received from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing dial tcp 127.0.0.1:50051: connect: connection refused"`,
  },
  {
    what: 'a plugin without its program',
    from: 'projectcalico/calico#4308',
    reason: 'SandboxFailed',
    message: `${containerd}failed to find plugin "loopback" in path [/opt/cni/bin]`,
  },
  {
    what: 'host-local without a range',
    from: 'k0sproject/k0sctl#158',
    reason: 'SandboxFailed',
    message: `${containerd}no IP ranges specified`,
  },
  {
    what: 'an address that is taken',
    from: 'projectcalico/calico#8180',
    reason: 'SandboxFailed',
    message: `${containerd}plugin type="calico" failed (add): error adding host side routes for interface: calid29a1cadef5, error: route (Ifindex: 131, Dst: 172.25.136.1/32, Scope: link) already exists for an interface other than 'calid29a1cadef5'`,
  },
  {
    what: 'OVN-Kubernetes without an annotation',
    from: 'ovn-kubernetes/ovn-kubernetes#3859',
    reason: 'SandboxFailed',
    message: `${containerd}plugin type="multus" name="multus-cni-network" failed (add): [steve/web:l2-network]: error adding container to network "l2-network": CNI request failed with status 400: '[steve/web c9a97fe6 network l2-network NAD steve/l2-network] failed to get pod annotation: timed out waiting for annotations: context deadline exceeded'`,
  },
  {
    what: "OVN-Kubernetes' own event",
    from: 'ovn-kubernetes/ovn-kubernetes#1523',
    reason: 'SandboxFailed',
    event: 'ErrorAddingLogicalPort',
    message:
      'failed to set annotation on pod coredns-66bff467f8-n6bkj: Timeout: request did not complete within requested timeout 30s',
  },
];
