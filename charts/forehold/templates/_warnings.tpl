{{/* What NOTES says about everything that is switched off and protects something. */}}
{{- define "forehold.warnings" -}}
{{- if not .Values.admissionPolicies.enabled }}

WARNING: admissionPolicies.enabled is false. A stolen agent token may run any pod that Pod Security allows, on any node, in
{{ .Values.pulls.namespace }}, and delete the pull pods of other nodes; and a pull pod that comes too late is not refused, so that limits
can be exceeded when a coordinator or an agent is slow.
{{- end }}
{{- if not .Values.pulls.createNamespace }}

WARNING: pulls.createNamespace is false. The namespace {{ .Values.pulls.namespace }} must exist, with the label
pod-security.kubernetes.io/enforce=restricted and without mesh injection: docs/install.md has the list.
{{- end }}
{{- if not .Values.pulls.quota.enabled }}

WARNING: pulls.quota.enabled is false. Nothing bounds the number of pods that a stolen agent token can create.
{{- end }}
{{- if lt (int .Values.coordinator.replicas) 2 }}

WARNING: coordinator.replicas is {{ .Values.coordinator.replicas }}. When its node fails, nothing is offered until it runs elsewhere; pulls under way go on.
{{- end }}
{{- if not .Values.uninstallHook.enabled }}

WARNING: uninstallHook.enabled is false. Uninstalling leaves the Lease forehold-coordinator{{ if not .Values.pulls.createNamespace }} and pull pods{{ end }} behind.
{{- end }}
{{- end }}
