{{/* Names, labels and images: what several templates spell alike. */}}

{{- define "forehold.labels" -}}
{{- $ours := dict "app.kubernetes.io/name" "forehold" "app.kubernetes.io/instance" .Release.Name "app.kubernetes.io/version" .Chart.AppVersion "app.kubernetes.io/managed-by" .Release.Service "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version) -}}
{{- merge $ours .Values.commonLabels | toYaml -}}
{{- end }}

{{/* Labels, and annotations where there are any, of an object: (dict "root" $ "component" "agent" "annotations" (dict …)). */}}
{{- define "forehold.metadata" -}}
labels:
  {{- include "forehold.labels" .root | nindent 2 }}
  {{- with .component }}
  app.kubernetes.io/component: {{ . }}
  {{- end }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Labels that select the pods of a component; they never change. */}}
{{- define "forehold.selector" -}}
app.kubernetes.io/name: forehold
app.kubernetes.io/component: {{ . }}
{{- end }}

{{/* Labels of a component's pods: (dict "root" $ "component" "agent" "own" .Values.agent.podLabels). Ours win. */}}
{{- define "forehold.podLabels" -}}
{{- $selector := include "forehold.selector" .component | fromYaml -}}
{{- merge $selector (dict "app.kubernetes.io/part-of" "forehold" "app.kubernetes.io/instance" .root.Release.Name) .own .root.Values.commonLabels | toYaml -}}
{{- end }}

{{- define "forehold.registry" -}}
{{- .Values.global.imageRegistry | default .Values.image.registry -}}
{{- end }}

{{- define "forehold.image" -}}
{{- $name := printf "%s/%s" (include "forehold.registry" .) .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{/* HOST:PORT to listen on, with brackets around IPv6: (list $ 7443). */}}
{{- define "forehold.listen" -}}
{{- $host := (index . 0).Values.listenAddress -}}
{{- if contains ":" $host }}[{{ $host }}]{{ else }}{{ $host }}{{ end }}:{{ index . 1 }}
{{- end }}

{{/* DNS names of the serving certificate. Agents know the coordinator as the first. */}}
{{- define "forehold.tlsNames" -}}
{{- $names := list -}}
{{- range $service := list "forehold-sessions" "forehold" -}}
{{- $short := printf "%s.%s.svc" $service $.Release.Namespace -}}
{{- $names = concat $names (list $short (printf "%s.%s" $short $.Values.tls.clusterDomain)) -}}
{{- end -}}
{{- concat $names .Values.tls.extraNames | uniq | toJson -}}
{{- end }}

{{/* Secret that the coordinator mounts; "" in the mode managed, where it asks the API server. */}}
{{- define "forehold.tlsSecret" -}}
{{- if eq .Values.tls.mode "certManager" -}}
forehold-serving-certificate
{{- else if eq .Values.tls.mode "secret" -}}
{{- required "tls.secretName is needed with tls.mode=secret: the name of a Secret with tls.crt, tls.key and ca.crt" .Values.tls.secretName -}}
{{- end -}}
{{- end }}
