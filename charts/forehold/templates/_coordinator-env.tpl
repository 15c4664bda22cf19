{{/* The coordinator's settings; `node coordinator.mjs --help` says what each means. */}}
{{- define "forehold.coordinatorEnv" -}}
- name: POD_IP
  valueFrom:
    fieldRef:
      fieldPath: status.podIP
- name: FOREHOLD_IDENTITY
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: FOREHOLD_ADVERTISED_ADDRESS
  value: "{{ if contains ":" .Values.listenAddress }}[$(POD_IP)]{{ else }}$(POD_IP){{ end }}:7443"
- name: FOREHOLD_NAMESPACE
  value: {{ .Release.Namespace }}
- name: FOREHOLD_PULL_NAMESPACE
  value: {{ .Values.pulls.namespace }}
{{- if .Values.rbac.events }}
- name: FOREHOLD_READ_EVENTS
  value: "on"
{{- end }}
- name: FOREHOLD_AGENT_SERVICE_ACCOUNT
  value: forehold-agent
- name: FOREHOLD_GRPC_ADDRESS
  value: {{ include "forehold.listen" (list . 7443) | quote }}
- name: FOREHOLD_HTTP_ADDRESS
  value: {{ include "forehold.listen" (list . 7480) | quote }}
- name: FOREHOLD_LIMITS_FILE
  value: /etc/forehold/limits/limits.yaml
- name: FOREHOLD_LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: FOREHOLD_AUTHENTICATION
  value: tokens
{{- if include "forehold.tlsSecret" . }}
- name: FOREHOLD_TLS
  value: files
- name: FOREHOLD_TLS_DIRECTORY
  value: /etc/forehold/tls
{{- else }}
- name: FOREHOLD_TLS
  value: managed
- name: FOREHOLD_TLS_SECRET
  value: forehold-tls
- name: FOREHOLD_TLS_NAMES
  value: {{ include "forehold.tlsNames" . | fromJsonArray | join "," | quote }}
{{- end }}
- name: FOREHOLD_CA_CONFIG_MAP
  value: forehold-ca
{{- end }}
