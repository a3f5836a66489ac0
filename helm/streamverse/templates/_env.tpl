{{/* A variable that is a value or a key of a Secret: (name, url, existingSecret, existingSecretKey). */}}
{{- define "streamverse.secretEnv" -}}
{{- if .existingSecret }}
- name: {{ .name }}
  valueFrom: {secretKeyRef: {name: {{ .existingSecret }}, key: {{ .existingSecretKey }}}}
{{- else if .url }}
- {name: {{ .name }}, value: {{ .url | quote }}}
{{- end }}
{{- end }}

{{/*
The settings of a process (docs/settings.md), as variables: (root, name, component, components). The migration and the
public port read the same. Services elsewhere are named only where the mesh's table says that they are called.
*/}}
{{- define "streamverse.env" -}}
{{- $values := .root.Values }}
- {name: STREAMVERSE_SERVER__PROFILE, value: {{ $values.profile }}}
- {name: STREAMVERSE_SERVER__BEHIND, value: {{ $values.behind }}}
- {name: STREAMVERSE_SERVER__DATA_DIR, value: /data}
- {name: STREAMVERSE_SERVER__ANNOUNCE_SECONDS, value: {{ int $values.shutdown.announceSeconds | quote }}}
- {name: STREAMVERSE_SERVER__DRAIN_SECONDS, value: {{ int $values.shutdown.drainSeconds | quote }}}
- {name: STREAMVERSE_EDGE__TRUSTED_PROXIES, value: {{ ternary 0 (int $values.trustedProxies) (eq $values.behind "nothing") | quote }}}
- {name: STREAMVERSE_TELEMETRY__LOG_FORMAT, value: json}
{{- include "streamverse.secretEnv" (merge (dict "name" "DATABASE_URL") $values.database) }}
{{- if include "streamverse.hasDatabase" .root }}
- {name: STREAMVERSE_STORE__MAX_CONNECTIONS, value: {{ int $values.database.maxConnections | quote }}}
{{- end }}
{{- with $values.kafka.brokers }}
- {name: KAFKA_BROKERS, value: {{ . | quote }}}
{{- with $values.kafka }}
{{- if .tls.enabled }}
- {name: STREAMVERSE_BUS__TLS, value: "true"}
{{- if .tls.existingSecret }}
- {name: STREAMVERSE_BUS__CA, value: /tls/kafka/ca.crt}
{{- if .tls.clientCertificate }}
- {name: STREAMVERSE_BUS__CERTIFICATE, value: /tls/kafka/tls.crt}
- {name: STREAMVERSE_BUS__KEY, value: /tls/kafka/tls.key}
{{- end }}
{{- end }}
{{- end }}
{{- if .user }}
- {name: STREAMVERSE_BUS__USER, value: {{ .user | quote }}}
- {name: STREAMVERSE_BUS__MECHANISM, value: {{ .mechanism }}}
{{- include "streamverse.secretEnv" (dict "name" "STREAMVERSE_BUS__PASSWORD" "existingSecret" (required "kafka.existingSecret: name the Secret with the password of kafka.user" .existingSecret) "existingSecretKey" .existingSecretKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- include "streamverse.secretEnv" (merge (dict "name" "OPENSEARCH_URL") $values.opensearch) }}
{{- if .component.edge }}
{{- include "streamverse.secretEnv" (merge (dict "name" "REDIS_URL") $values.redis) }}
{{- end }}
{{- include "streamverse.secretEnv" (merge (dict "name" "NATS_URL") $values.nats) }}
{{- if or $values.mail.url $values.mail.existingSecret }}
{{- if has "auth" .component.services }}
{{- include "streamverse.secretEnv" (merge (dict "name" "SMTP_URL") $values.mail) }}
- {name: STREAMVERSE_MAIL__FROM, value: {{ required "mail.from: say who mails are from" $values.mail.from | quote }}}
- {name: STREAMVERSE_MAIL__LINK_BASE, value: {{ required "mail.linkBase: name the web app to which links in mails lead" $values.mail.linkBase | quote }}}
{{- end }}
{{- end }}
{{- with $values.otlp.endpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- if include "streamverse.shared" .root }}
- {name: STREAMVERSE_SERVER__REPLICAS, value: "true"}
{{- end }}
{{- if $values.media.bucket.url }}
{{- with $values.media.bucket }}
- {name: STREAMVERSE_BLOBS__URL, value: {{ .url | quote }}}
{{- if .endpoint }}
- {name: STREAMVERSE_BLOBS__ENDPOINT, value: {{ .endpoint | quote }}}
{{- end }}
{{- if .region }}
- {name: STREAMVERSE_BLOBS__REGION, value: {{ .region | quote }}}
{{- end }}
- {name: STREAMVERSE_BLOBS__PATH_STYLE, value: {{ .pathStyle | quote }}}
{{- if and .existingSecret (has "streaming" $.component.services) }}
{{- range $name := list "AWS_ACCESS_KEY_ID" "AWS_SECRET_ACCESS_KEY" }}
{{- include "streamverse.secretEnv" (dict "name" $name "existingSecret" $values.media.bucket.existingSecret "existingSecretKey" $name) }}
{{- end }}
{{- end }}
{{- end }}
{{- else if include "streamverse.shared" .root }}
- {name: STREAMVERSE_BLOBS__SHARED, value: "true"}
{{- if has "streaming" .component.services }}
- {name: STORAGE_PATH, value: /media}
{{- else }}
# Nothing here reads media; the setting has to be there, as everywhere.
- {name: STORAGE_PATH, value: /data/media}
{{- end }}
{{- end }}
{{- if has "auth" .component.services }}
{{- include "streamverse.secretEnv" (merge (dict "name" "STREAMVERSE_AUTH__PEPPER") $values.secrets.pepper) }}
{{- end }}
{{- if has "streaming" .component.services }}
{{- include "streamverse.secretEnv" (merge (dict "name" "STREAMVERSE_STREAMING__LIVE_SECRET") $values.secrets.live) }}
{{- end }}
{{- if $values.config }}
- {name: STREAMVERSE_CONFIG, value: /etc/streamverse/config.yaml}
{{- end }}
{{- if and .component.edge (include "streamverse.edgeTls" .root) }}
- {name: STREAMVERSE_EDGE__TLS__CERTIFICATE, value: /tls/edge/tls.crt}
- {name: STREAMVERSE_EDGE__TLS__KEY, value: /tls/edge/tls.key}
{{- end }}
{{- if include "streamverse.meshTls" .root }}
- {name: STREAMVERSE_MESH__TLS__CERTIFICATE, value: /tls/mesh/tls.crt}
- {name: STREAMVERSE_MESH__TLS__KEY, value: /tls/mesh/tls.key}
- {name: STREAMVERSE_MESH__TLS__CA, value: {{ ternary "/tls/authorities" "/tls/mesh" (ne $values.tls.mesh.authorities.configMap "") }}/ca.crt}
{{- end }}
{{- $homes := include "streamverse.homes" .components | fromYaml }}
{{- range $service := .component.calls }}
{{- $home := get $homes $service }}
{{- if and $home (ne $home $.name) }}
- {name: {{ upper $service }}_SERVICE_URL, value: "{{ ternary "https" "http" (ne (include "streamverse.meshTls" $.root) "") }}://{{ include "streamverse.fullname" $.root }}-{{ $home }}.{{ $.root.Release.Namespace }}.svc:9090"}
{{- end }}
{{- end }}
{{- range $name, $value := .component.env }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- with .component.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
