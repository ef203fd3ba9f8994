{{/* What the service, its jobs and its init containers have in common. */}}

{{/* The service's part of the chart: values, and its configuration with what Kubernetes decides. */}}
{{- define "culvert.serviceConfig" -}}
{{- $values := .Values.service -}}
{{- $config := deepCopy $values.config -}}
{{- $_ := required "service.config.public_url is required" $config.public_url -}}
{{- $_ := required "service.config.machine_url is required" $config.machine_url -}}
{{- $postgres := eq (dig "storage" "type" "sqlite" $config) "postgres" -}}
{{- if and (gt (int $values.replicas) 1) (not $postgres) -}}
{{- fail "service.replicas: several nodes need service.config.storage.type: postgres" -}}
{{- end -}}
{{- if and (not $values.persistence.enabled) (not $postgres) -}}
{{- fail "service.persistence.enabled: false would lose the database with the pod; it is in service.config.storage.type: postgres alone that nothing is kept" -}}
{{- end -}}
{{- if and $values.restore.file (not $values.backup.enabled) (not $values.backup.persistence.existingClaim) -}}
{{- fail "service.restore.file: it is read from the volume of service.backup; enable that, or name its existingClaim" -}}
{{- end -}}
{{- $keys := default dict $config.keys -}}
{{- if $values.sealingKey.secretName -}}
{{- $_ := set $keys "sealing_key" "env:SEALING_KEY" -}}
{{- else if not (hasPrefix "env:" (default "" $keys.sealing_key)) -}}
{{- if $postgres -}}
{{- fail "service.sealingKey.secretName: every node needs the same sealing key; make a Secret of it and name it" -}}
{{- end -}}
{{- $_ := set $keys "sealing_key" "file:/var/lib/culvert/identity-service/sealing.key" -}}
{{- end -}}
{{- $_ := set $config "keys" $keys -}}
{{- if not $postgres -}}
{{- /* One node, whose state no other pod can open: it applies migrations itself when it starts. */ -}}
{{- $_ := set $config "storage" (merge (dict) (default dict $config.storage) (dict "migrate" "apply")) -}}
{{- end -}}
{{- if $values.apiTls.secretName -}}
{{- $tls := dict "certificate_file" "/etc/culvert/api-tls/tls.crt" "key_file" "/etc/culvert/api-tls/tls.key" -}}
{{- $_ := set $config "api" (merge (dict "tls" $tls) (default dict $config.api)) -}}
{{- end -}}
{{- /* kube-proxy and balancers stop sending clients before the node stops serving them. */ -}}
{{- if not (hasKey $config "drain_delay") }}{{ $_ := set $config "drain_delay" "10s" }}{{ end -}}
{{- $_ := set $config "config_version" 1 -}}
{{- $_ := set $config "state_dir" "/var/lib/culvert/identity-service" -}}
{{- $_ := set $config "health" (dict "listen" (list "[::]:8445")) -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "culvert.serviceEnv" -}}
{{- with .values.sealingKey }}
{{- if .secretName }}
- name: SEALING_KEY
  valueFrom: {secretKeyRef: {name: {{ .secretName }}, key: {{ .key }}}}
{{- end }}
{{- end }}
{{- include "culvert.env" . }}
{{- end -}}

{{/* Sources of variables, for every container that reads the configuration: a value of it may be env:NAME. */}}
{{- define "culvert.envFrom" -}}
{{- with .values.extraEnvFrom -}}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* .configMap: which has the configuration. A file of its own, so that other files can be mounted next to it. */}}
{{- define "culvert.serviceMounts" -}}
- {name: config, mountPath: /etc/culvert/identity-service.yaml, subPath: identity-service.yaml, readOnly: true}
- {name: state, mountPath: /var/lib/culvert}
{{- if .values.apiTls.secretName }}
- {name: api-tls, mountPath: /etc/culvert/api-tls, readOnly: true}
{{- end }}
{{- include "culvert.fileMounts" . }}
{{- end -}}

{{- define "culvert.serviceVolumes" -}}
- name: config
  configMap:
    name: {{ .configMap }}
{{- with .values.apiTls.secretName }}
- name: api-tls
  secret:
    secretName: {{ . }}
    # With fsGroup: root's, for the pod's group alone, which the program accepts as private.
    defaultMode: 0400
{{- end }}
{{- include "culvert.fileVolumes" . }}
{{- end -}}

{{/* Name of the claim that backups are written to and restored from. */}}
{{- define "culvert.backupClaim" -}}
{{- .values.backup.persistence.existingClaim | default (printf "%s-backups" (include "culvert.name" .)) -}}
{{- end -}}
