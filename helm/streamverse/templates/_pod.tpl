{{/*
The pod of a component or of a Job: (root, name, component, components, args, job). The one place where pods are
written, so that every one has every knob.
*/}}
{{- define "streamverse.pod" -}}
{{- $values := .root.Values }}
{{- $component := .component }}
metadata:
  labels:
    {{- include "streamverse.selector" (dict "root" .root "component" .name) | nindent 4 }}
    app.kubernetes.io/part-of: streamverse
    {{- with merge (dict) $component.podLabels $values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- $annotations := merge (dict) $component.podAnnotations $values.commonAnnotations }}
  {{- if $values.config }}
  {{- $_ := set $annotations "checksum/config" ($values.config | toYaml | sha256sum) }}
  {{- end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- if .job }}
  restartPolicy: OnFailure
  # A hook runs before the release's own accounts are there.
  serviceAccountName: {{ default "default" $component.serviceAccount.name }}
  {{- else }}
  serviceAccountName: {{ include "streamverse.account" . }}
  terminationGracePeriodSeconds: {{ include "streamverse.grace" .root }}
  {{- end }}
  automountServiceAccountToken: false
  # Kubernetes' own variables for Services look like this program's settings.
  enableServiceLinks: false
  {{- with $values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml $component.podSecurityContext | nindent 4 }}
  {{- $init := $component.initContainers }}
  {{- $first := and (not .job) (eq $values.migrate.mode "init") (include "streamverse.hasDatabase" .root) $component.services }}
  {{- if or $init $first }}
  initContainers:
    {{- with $init }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if $first }}
    - name: migrate
      args: [migrate, --services, {{ join "," $component.services | quote }}]
      {{- include "streamverse.container" . | trim | nindent 6 }}
    {{- end }}
  {{- end }}
  containers:
    - name: streamverse
      args:
        {{- toYaml .args | nindent 8 }}
      {{- include "streamverse.container" . | trim | nindent 6 }}
      {{- if not .job }}
      {{- include "streamverse.serving" . | trim | nindent 6 }}
      {{- end }}
    {{- with $component.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    - name: data
      {{- if and (not .job) (not (include "streamverse.shared" .root)) }}
      persistentVolumeClaim: {claimName: {{ default (printf "%s-data" (include "streamverse.fullname" .root)) $values.data.existingClaim }}}
      {{- else }}
      emptyDir: {sizeLimit: 1Gi}
      {{- end }}
    - name: tmp
      emptyDir: {sizeLimit: 1Gi}
    {{- if include "streamverse.mediaMounted" . }}
    - name: media
      persistentVolumeClaim: {claimName: {{ default (printf "%s-media" (include "streamverse.fullname" .root)) $values.media.existingClaim }}}
    {{- end }}
    {{- /* The group of the pod may read keys, nobody else. */}}
    {{- if and $component.edge (include "streamverse.edgeTls" .root) }}
    - name: tls-edge
      secret: {secretName: {{ include "streamverse.edgeTls" .root }}, defaultMode: 0440}
    {{- end }}
    {{- if include "streamverse.meshTls" .root }}
    - name: tls-mesh
      secret: {secretName: {{ include "streamverse.meshTls" .root }}, defaultMode: 0440}
    {{- with $values.tls.mesh.authorities }}
    {{- if .configMap }}
    - name: tls-authorities
      configMap: {name: {{ .configMap }}, items: [{key: {{ .key | quote }}, path: ca.crt}]}
    {{- end }}
    {{- end }}
    {{- end }}
    {{- if include "streamverse.kafkaTls" .root }}
    - name: tls-kafka
      secret: {secretName: {{ include "streamverse.kafkaTls" .root }}, defaultMode: 0440}
    {{- end }}
    {{- if $values.config }}
    - name: config
      configMap: {name: {{ include "streamverse.fullname" .root }}-config{{ if and .job (eq $values.migrate.mode "hook") }}-migrate{{ end }}}
    {{- end }}
    {{- with $component.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if kindIs "slice" $component.topologySpreadConstraints }}
  {{- with $component.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- else if not .job }}
  topologySpreadConstraints:
    {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ $key }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "streamverse.selector" (dict "root" $.root "component" $.name) | nindent 10 }}
    {{- end }}
  {{- end }}
  {{- with $component.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $component.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $component.runtimeClassName }}
  runtimeClassName: {{ . }}
  {{- end }}
{{- end }}

{{/* What every container of the program has. */}}
{{- define "streamverse.container" -}}
image: {{ include "streamverse.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- toYaml .component.securityContext | nindent 2 }}
env:
  {{- include "streamverse.env" . | trim | nindent 2 }}
{{- with .component.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .component.resources | nindent 2 }}
volumeMounts:
  - {name: data, mountPath: /data}
  - {name: tmp, mountPath: /tmp}
  {{- if include "streamverse.mediaMounted" . }}
  - {name: media, mountPath: /media}
  {{- end }}
  {{- if and .component.edge (include "streamverse.edgeTls" .root) }}
  - {name: tls-edge, mountPath: /tls/edge, readOnly: true}
  {{- end }}
  {{- if include "streamverse.meshTls" .root }}
  - {name: tls-mesh, mountPath: /tls/mesh, readOnly: true}
  {{- if .root.Values.tls.mesh.authorities.configMap }}
  - {name: tls-authorities, mountPath: /tls/authorities, readOnly: true}
  {{- end }}
  {{- end }}
  {{- if include "streamverse.kafkaTls" .root }}
  - {name: tls-kafka, mountPath: /tls/kafka, readOnly: true}
  {{- end }}
  {{- if .root.Values.config }}
  - {name: config, mountPath: /etc/streamverse, readOnly: true}
  {{- end }}
  {{- with .component.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Ports, probes and the end of a container that serves. */}}
{{- define "streamverse.serving" -}}
{{- $probes := .component.probes }}
ports:
  {{- if .component.edge }}
  - {name: public, containerPort: 3000}
  {{- else }}
  - {name: grpc, containerPort: 9090}
  {{- end }}
  - {name: ops, containerPort: 9464}
startupProbe:
  httpGet: {path: /health, port: ops}
  periodSeconds: 2
  timeoutSeconds: {{ int $probes.timeoutSeconds }}
  failureThreshold: {{ max 1 (div (int $probes.startupSeconds) 2) }}
readinessProbe:
  {{- if eq $probes.readiness "grpc" }}
  grpc: {port: 9464}
  {{- else }}
  httpGet: {path: /ready, port: ops}
  {{- end }}
  periodSeconds: {{ int $probes.readinessPeriodSeconds }}
  timeoutSeconds: {{ int $probes.timeoutSeconds }}
  failureThreshold: {{ int $probes.readinessFailures }}
# Not /ready: a database that is away is no reason to start processes again.
livenessProbe:
  httpGet: {path: /health, port: ops}
  periodSeconds: {{ int $probes.livenessPeriodSeconds }}
  timeoutSeconds: {{ int $probes.timeoutSeconds }}
  failureThreshold: {{ int $probes.livenessFailures }}
{{- with int .root.Values.shutdown.preStopSeconds }}
lifecycle:
  preStop: {sleep: {seconds: {{ . }}}}
{{- end }}
{{- end }}

{{- define "streamverse.mediaMounted" -}}
{{- if and (not .job) (include "streamverse.shared" .root) (not .root.Values.media.bucket.url) (has "streaming" .component.services) }}true{{ end }}
{{- end }}

{{- define "streamverse.account" -}}
{{- $account := .component.serviceAccount }}
{{- if $account.name }}{{ $account.name }}{{ else if $account.create }}{{ include "streamverse.fullname" .root }}-{{ .name }}{{ else }}default{{ end }}
{{- end }}
