{{/* A role with its binding: (dict "root" $ "name" … "namespace" … or none for a ClusterRole, "account" (list NAMESPACE NAME)
"rules" YAML). */}}
{{- define "forehold.grant" -}}
{{- $kind := ternary "Role" "ClusterRole" (hasKey . "namespace") -}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  {{- include "forehold.metadata" (dict "root" .root "annotations" .annotations "labels" .labels) | nindent 2 }}
rules:
  {{- .rules | trim | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  {{- include "forehold.metadata" (dict "root" .root "annotations" .annotations) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    namespace: {{ index .account 0 }}
    name: {{ index .account 1 }}
{{ end }}
