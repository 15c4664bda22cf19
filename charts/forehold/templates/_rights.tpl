{{/* Every right that the chart grants, in one place. Each is on the list of test/chart/rights.ts, with its reason. */}}

{{- define "forehold.agentPods" }}
- apiGroups: [""]
  resources: [pods]
  verbs: [create, get, list, watch, delete]
{{- end }}

{{- define "forehold.agentNodes" }}
- apiGroups: [""]
  resources: [nodes]
  verbs: [get, watch]
{{- end }}

{{- define "forehold.coordinatorCluster" }}
- apiGroups: [""]
  resources: [nodes]
  verbs: [get, list, watch]
- apiGroups: [forehold.dev]
  resources: [cachedimages, pullpolicies]
  verbs: [get, list, watch]
- apiGroups: [forehold.dev]
  resources: [cachedimages/status, pullpolicies/status]
  verbs: [patch]
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- if .Values.rbac.pendingPods }}
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
{{- end }}
{{- end }}

{{- define "forehold.coordinatorPulls" }}
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch, delete]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [forehold-ca]
  verbs: [get, update]
{{- if .Values.rbac.events }}
- apiGroups: [""]
  resources: [events]
  verbs: [list]
{{- end }}
{{- end }}

{{- define "forehold.coordinatorOwn" }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [forehold-coordinator]
  verbs: [get, watch, update]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [forehold-pauses]
  verbs: [get, update]
{{- if eq .Values.tls.mode "managed" }}
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [forehold-tls]
  verbs: [get, update]
{{- end }}
{{- end }}

{{- define "forehold.viewerRules" }}
- apiGroups: [forehold.dev]
  resources: [cachedimages, pullpolicies, leases, nodes, images, limits]
  verbs: [get, list, watch]
{{- end }}

{{- define "forehold.operatorRules" }}
- apiGroups: [forehold.dev]
  resources: [leases, nodes, images, limits]
  verbs: [get, list, watch]
- apiGroups: [forehold.dev]
  resources: [leases]
  verbs: [delete]
- apiGroups: [forehold.dev]
  resources: [pause]
  verbs: [create, delete]
- apiGroups: [forehold.dev]
  resources: [cachedimages, pullpolicies]
  verbs: [get, list, watch, create, update, patch, delete]
{{- end }}

{{- define "forehold.uninstallNamespace" }}
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [{{ .Values.pulls.namespace }}]
  verbs: [get]
{{- end }}

{{- define "forehold.uninstallOwn" }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [forehold-coordinator]
  verbs: [delete]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [forehold-pauses]
  verbs: [delete]
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [forehold-tls]
  verbs: [delete]
{{- end }}

{{- define "forehold.uninstallPulls" }}
- apiGroups: [""]
  resources: [pods]
  verbs: [list, delete]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [forehold-ca]
  verbs: [delete]
{{- end }}
