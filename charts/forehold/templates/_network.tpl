{{/* Rules that several network policies share. */}}

{{- define "forehold.egressBasics" }}
# DNS, wherever the cluster's resolver is.
- ports:
    {{- range .Values.networkPolicies.dnsPorts }}
    - {port: {{ . }}, protocol: UDP}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
# The API server.
- ports:
    {{- range .Values.networkPolicies.apiPorts }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
  {{- with .Values.networkPolicies.apiServerCidrs }}
  to:
    {{- range . }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  {{- end }}
{{- end }}

{{- define "forehold.scrapes" }}
- ports:
    - {port: 7480, protocol: TCP}
  {{- with .Values.networkPolicies.metricsFrom }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
