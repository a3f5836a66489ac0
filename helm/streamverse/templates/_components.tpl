{{/*
The components of the release by name, each with the knobs of `defaults` under its own, its services with groups
written out, and whether the public port is among them.
*/}}
{{- define "streamverse.components" -}}
{{- $mesh := .Files.Get "files/mesh.yaml" | fromYaml }}
{{- $chosen := dict }}
{{- if eq .Values.topology "monolith" }}
{{- $all := concat (keys $mesh.services | sortAlpha) (list "edge") }}
{{- $_ := set $chosen "app" (merge (dict "services" $all) .Values.monolith) }}
{{- else }}
{{- $chosen = .Values.components }}
{{- end }}
{{- $made := dict }}
{{- range $name, $own := $chosen }}
{{- if and $own $own.services }}
{{- $component := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy $own) }}
{{- $services := list }}
{{- range $wanted := $component.services }}
{{- if or (eq $wanted "edge") (hasKey $mesh.services $wanted) }}
{{- $services = append $services $wanted }}
{{- else }}
{{- $members := list }}
{{- range $service, $entry := $mesh.services }}
{{- if eq $entry.group $wanted }}{{- $members = append $members $service }}{{- end }}
{{- end }}
{{- if not $members }}
{{- fail (printf "components.%s.services: there is no service or group %q; there are the services %s, edge, and the groups core, media, data, support" $name $wanted (keys $mesh.services | sortAlpha | join ", ")) }}
{{- end }}
{{- $services = concat $services $members }}
{{- end }}
{{- end }}
{{- $_ := set $component "edge" (has "edge" $services) }}
{{- $_ := set $component "services" (without ($services | uniq | sortAlpha) "edge") }}
{{- $_ := set $component "calls" (list) }}
{{- if $component.edge }}
{{- $_ := set $component "calls" $mesh.edge.calls }}
{{- end }}
{{- range $service := $component.services }}
{{- $_ := set $component "calls" (concat $component.calls (get $mesh.services $service).calls) }}
{{- end }}
{{- $_ := set $component "calls" ($component.calls | uniq | sortAlpha) }}
{{- $_ := set $made $name $component }}
{{- end }}
{{- end }}
{{- $made | toYaml }}
{{- end }}

{{/* By service, the component that runs it: (components). */}}
{{- define "streamverse.homes" -}}
{{- range $name, $component := . }}
{{- range $component.services }}
{{ . }}: {{ $name }}
{{- end }}
{{- end }}
{{- end }}

{{/* The names of components that a component calls, itself left out: (name, components). */}}
{{- define "streamverse.called" -}}
{{- $homes := include "streamverse.homes" .components | fromYaml }}
{{- $called := list }}
{{- range (get .components .name).calls }}
{{- $home := get $homes . }}
{{- if and $home (ne $home $.name) }}{{- $called = append $called $home }}{{- end }}
{{- end }}
{{- $called | uniq | sortAlpha | join "," }}
{{- end }}

{{/* The component with the public port, its Service, and that one's port. */}}
{{- define "streamverse.edgeName" -}}
{{- range $name, $component := (include "streamverse.components" . | fromYaml) }}{{ if $component.edge }}{{ $name }}{{ end }}{{ end }}
{{- end }}
{{- define "streamverse.edgeService" -}}
{{ include "streamverse.fullname" . }}-{{ include "streamverse.edgeName" . }}
{{- end }}
{{- define "streamverse.edgePort" -}}
{{- range $name, $component := (include "streamverse.components" . | fromYaml) }}{{ if $component.edge }}{{ int $component.service.port }}{{ end }}{{ end }}
{{- end }}
