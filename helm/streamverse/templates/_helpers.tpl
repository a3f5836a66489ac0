{{- define "streamverse.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "streamverse.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "streamverse.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "streamverse.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* What selects a component's pods; never changes, because a Deployment's selector cannot. (root, component) */}}
{{- define "streamverse.selector" -}}
app.kubernetes.io/name: {{ include "streamverse.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end }}

{{/* (root, component) */}}
{{- define "streamverse.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{ include "streamverse.selector" . }}
app.kubernetes.io/part-of: streamverse
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The metadata of an object: (root, name, component, labels, annotations) */}}
{{- define "streamverse.metadata" -}}
name: {{ .name }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "streamverse.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := merge (dict) (default dict .annotations) (default dict .root.Values.commonAnnotations) }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "streamverse.image" -}}
{{- $image := .Values.image -}}
{{- with $image.registry }}{{ . }}/{{ end }}{{ $image.repository }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ default .Chart.AppVersion $image.tag }}{{ end }}
{{- end }}

{{/* Whether anything is given of the tables' server, and whether everything that replicas share is. */}}
{{- define "streamverse.hasDatabase" -}}
{{- if or .Values.database.url .Values.database.existingSecret }}true{{ end }}
{{- end }}
{{- define "streamverse.shared" -}}
{{- if and (include "streamverse.hasDatabase" .) .Values.kafka.brokers (or .Values.opensearch.url .Values.opensearch.existingSecret) }}true{{ end }}
{{- end }}

{{/* The Secrets of certificates, where there are any: of the public port, between components, and to Kafka. */}}
{{- define "streamverse.kafkaTls" -}}
{{- if and .Values.kafka.brokers .Values.kafka.tls.enabled }}{{ .Values.kafka.tls.existingSecret }}{{ end }}
{{- end }}
{{- define "streamverse.edgeTls" -}}
{{- .Values.tls.edge.existingSecret }}
{{- end }}
{{- define "streamverse.meshTls" -}}
{{- if .Values.tls.mesh.existingSecret }}{{ .Values.tls.mesh.existingSecret }}
{{- else if .Values.tls.mesh.issuerRef }}{{ include "streamverse.fullname" . }}-mesh
{{- end }}
{{- end }}

{{/* Seconds that a pod has to end: all that the process takes, and a few more. */}}
{{- define "streamverse.grace" -}}
{{- $of := .Values.shutdown -}}
{{- add (int $of.preStopSeconds) (int $of.announceSeconds) (int $of.drainSeconds) 10 -}}
{{- end }}
