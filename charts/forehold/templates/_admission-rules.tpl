{{/* The rules of the policy forehold-agents, in four parts. Each message says what an agent may do, because the agent hands it
on as the reason AdmissionDenied. A rule that asks about a made pod holds for everything else. */}}

{{- define "forehold.agentRules.whose" -}}
- reason: Forbidden
  expression: request.operation in ['CREATE', 'DELETE'] && request.?subResource.orValue('') == ''
  messageExpression: "'an agent may only create and delete whole pods, not ' + request.operation + ' pods/' + request.?subResource.orValue('')"
  message: an agent may only create and delete whole pods
- reason: Forbidden
  expression: request.namespace == '{{ .Values.pulls.namespace }}'
  message: an agent may only act in the namespace {{ .Values.pulls.namespace }}
- reason: Forbidden
  expression: variables.node != '' && variables.nodeUid != ''
  message: an agent's token must be bound to a pod on a node, and this one is not
- reason: Forbidden
  expression: "!variables.isWhole || variables.pod.spec.?nodeName.orValue('') == variables.node"
  messageExpression: "'an agent may only act on pods of its own node ' + variables.node + ', by spec.nodeName'"
  message: an agent may only act on pods of its own node, by spec.nodeName
- reason: Forbidden
  expression: "!variables.isWhole || variables.pod.metadata.?labels[?'app.kubernetes.io/managed-by'].orValue('') == 'forehold'"
  message: an agent may only act on pull pods, with the label app.kubernetes.io/managed-by=forehold
{{- end }}

{{- define "forehold.agentRules.metadata" -}}
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.pod.metadata.name.startsWith('pull-' + variables.nodeUid + '-')
    && variables.pod.metadata.name.matches('-[0-9a-f]{20}$')
    && variables.pod.metadata.?generateName.orValue('') == '')
  message: a pull pod's name must be pull-, the uid of the agent's own node, and the hash of its pair
- reason: Forbidden
  expression: >-
    !variables.isMade || ['forehold.dev/image-hash', 'forehold.dev/node-hash'].all(key,
    variables.pod.metadata.labels[?key].orValue('') != '')
  message: a pull pod must have the labels forehold.dev/image-hash and forehold.dev/node-hash
- reason: Forbidden
  expression: >-
    !variables.isMade || variables.annotations[?'forehold.dev/pair'].orValue('').startsWith(variables.nodeUid + '|')
  message: a pull pod's annotation forehold.dev/pair must begin with the uid of the agent's own node
- reason: Forbidden
  expression: >-
    !variables.isMade || variables.annotations[?'forehold.dev/lease'].orValue('').matches('^[0-9]{1,16}-[0-9]{1,16}$')
  message: a pull pod must name its lease in the annotation forehold.dev/lease
- reason: Forbidden
  expression: "!variables.isMade || size(variables.pod.metadata.?finalizers.orValue([])) == 0"
  message: a pull pod must have no finalizers
- reason: Forbidden
  expression: >-
    !variables.isMade || variables.pod.metadata.?ownerReferences.orValue([]).all(owner,
    (owner.kind == 'Node' && owner.apiVersion == 'v1' && owner.name == variables.node && owner.uid == variables.nodeUid)
    || (owner.kind == 'DaemonSet' && owner.apiVersion == 'apps/v1' && owner.name == 'forehold-agent'
    && !owner.?controller.orValue(false)))
  message: a pull pod may be owned only by its own node and by the DaemonSet forehold-agent
{{- end }}

{{- define "forehold.agentRules.pod" -}}
- reason: Forbidden
  expression: >-
    !variables.isMade || (size(variables.pod.spec.containers) == 1
    && size(variables.pod.spec.?initContainers.orValue([])) == 0
    && size(variables.pod.spec.?ephemeralContainers.orValue([])) == 0)
  message: >-
    a pull pod must have one container and nothing beside it; a webhook that adds containers must leave the namespace
    {{ .Values.pulls.namespace }} alone
- reason: Forbidden
  expression: >-
    !variables.isMade || (!variables.pod.spec.?hostNetwork.orValue(false) && !variables.pod.spec.?hostPID.orValue(false)
    && !variables.pod.spec.?hostIPC.orValue(false) && !variables.pod.spec.?shareProcessNamespace.orValue(false))
  message: a pull pod must not use a namespace of the host (hostNetwork, hostPID, hostIPC) nor shareProcessNamespace
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.pod.spec.?serviceAccountName.orValue('') == 'default'
    && variables.pod.spec.?automountServiceAccountToken.orValue(true) == false)
  message: a pull pod must run as the service account default with automountServiceAccountToken false
- reason: Forbidden
  expression: "!variables.isMade || variables.pod.spec.?volumes.orValue([]).all(volume, has(volume.image))"
  message: a pull pod must have no volumes but images (no hostPath, secret, configMap, projected, …)
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.pod.spec.?restartPolicy.orValue('') == 'Never'
    && variables.pod.spec.?terminationGracePeriodSeconds.orValue(30) == 1)
  message: a pull pod must have restartPolicy Never and terminationGracePeriodSeconds 1
{{- if .Values.pulls.priorityClass.name }}
- reason: Forbidden
  expression: "!variables.isMade || variables.pod.spec.?priorityClassName.orValue('') == '{{ .Values.pulls.priorityClass.name }}'"
  message: a pull pod must have the priority class {{ .Values.pulls.priorityClass.name }}
{{- else }}
- reason: Forbidden
  expression: "!variables.isMade || variables.pod.spec.?priority.orValue(0) <= 0"
  message: a pull pod must not have a priority above 0
{{- end }}
- reason: Forbidden
  expression: >-
    !variables.isMade || (!has(variables.pod.spec.runtimeClassName) && !has(variables.pod.spec.overhead)
    && size(variables.pod.spec.?resourceClaims.orValue([])) == 0)
  message: a pull pod must have no runtime class and no resource claims
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.podSecurity != null && variables.podSecurity.?runAsNonRoot.orValue(false)
    && variables.podSecurity.?runAsUser.orValue(1) != 0
    && variables.podSecurity.?seccompProfile.type.orValue('') in ['RuntimeDefault', 'Localhost']
    && variables.podSecurity.?appArmorProfile.type.orValue('') != 'Unconfined'
    && size(variables.podSecurity.?sysctls.orValue([])) == 0
    && !has(variables.podSecurity.seLinuxOptions) && !has(variables.podSecurity.windowsOptions))
  message: a pull pod's securityContext must have runAsNonRoot and a seccomp profile, and no sysctls, SELinux or Windows options
{{- end }}

{{- define "forehold.agentRules.container" -}}
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.container.name == 'pull' && variables.container.?command.orValue([]) == ['true']
    && size(variables.container.?args.orValue([])) == 0)
  message: a pull pod's container must be called pull and run "true" without arguments
- reason: Forbidden
  expression: >-
    !variables.isMade || (!has(variables.container.lifecycle) && !has(variables.container.livenessProbe)
    && !has(variables.container.readinessProbe) && !has(variables.container.startupProbe)
    && size(variables.container.?ports.orValue([])) == 0 && size(variables.container.?volumeDevices.orValue([])) == 0
    && !variables.container.?stdin.orValue(false) && !variables.container.?tty.orValue(false))
  message: a pull pod's container must have no probes, lifecycle hooks, ports, devices or terminal
- reason: Forbidden
  expression: >-
    !variables.isMade || (size(variables.container.?envFrom.orValue([])) == 0
    && variables.container.?env.orValue([]).all(item,
    !has(item.valueFrom) || has(item.valueFrom.fieldRef) || has(item.valueFrom.resourceFieldRef)))
  message: a pull pod's environment must not come from a Secret or a ConfigMap
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.security != null
    && variables.security.?allowPrivilegeEscalation.orValue(true) == false
    && variables.security.?privileged.orValue(false) == false
    && variables.security.?readOnlyRootFilesystem.orValue(false)
    && variables.security.?runAsNonRoot.orValue(true) && variables.security.?runAsUser.orValue(1) != 0
    && variables.security.?procMount.orValue('Default') == 'Default'
    && variables.security.?seccompProfile.type.orValue('') != 'Unconfined'
    && variables.security.?appArmorProfile.type.orValue('') != 'Unconfined'
    && !has(variables.security.seLinuxOptions) && !has(variables.security.windowsOptions))
  message: a pull pod's container must not be privileged, escalate, run as root, write to its root or be unconfined
- reason: Forbidden
  expression: >-
    !variables.isMade || (variables.security != null && has(variables.security.capabilities)
    && size(variables.security.capabilities.?add.orValue([])) == 0
    && 'ALL' in variables.security.capabilities.?drop.orValue([]))
  message: a pull pod's container must drop all capabilities and add none
- reason: Forbidden
  expression: >-
    !variables.isMade || (has(variables.container.resources)
    && quantity(variables.container.resources.?limits[?'memory'].orValue('1Ei')).compareTo(quantity('256Mi')) <= 0
    && quantity(variables.container.resources.?requests[?'cpu'].orValue('0')).compareTo(quantity('100m')) <= 0
    && variables.container.resources.?requests.orValue({}).all(key, key in ['cpu', 'memory', 'ephemeral-storage'])
    && size(variables.container.resources.?claims.orValue([])) == 0)
  message: a pull pod may have at most 256Mi of memory (with a limit) and 100m of CPU, and no other resources
{{- end }}
