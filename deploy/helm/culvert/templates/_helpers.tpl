{{/* The name of a part: RELEASE-service, RELEASE-edge, RELEASE-agent. */}}
{{- define "culvert.name" -}}
{{- printf "%s-%s" .root.Release.Name .part | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "culvert.selector" -}}
app.kubernetes.io/name: culvert
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "culvert.labels" -}}
{{ include "culvert.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "culvert.image" -}}
{{- $registry := required "image.registry is required: the registry that you pushed the images to" .root.Values.image.registry -}}
{{- printf "%s/%s:%s" (trimSuffix "/" $registry) .values.image (.root.Values.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}

{{/* A pod's annotations: a changed configuration starts new pods. */}}
{{- define "culvert.annotations" -}}
checksum/config: {{ .config | sha256sum }}
{{- if .root.Values.metrics.annotations }}
prometheus.io/scrape: "true"
prometheus.io/path: /metrics
prometheus.io/port: {{ .healthPort | quote }}
{{- end }}
{{- with .values.pod_annotations }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* fsGroup gives a volume to the group once, at its root: files that the program makes stay its own, mode 0600. */}}
{{- define "culvert.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "culvert.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Probes reach the pod's own address, so health must not be on loopback. */}}
{{- define "culvert.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: health}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: health}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: health}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 2
{{- end -}}

{{- define "culvert.secretVariables" -}}
{{- range $name, $from := .values.secrets }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ required (printf "%s.secrets.%s.secret is required" $.part $name) $from.secret }}
      key: {{ required (printf "%s.secrets.%s.key is required" $.part $name) $from.key }}
{{- end }}
{{- end -}}

{{- define "culvert.scheduling" -}}
{{- with .root.Values.image.pull_secrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
topologySpreadConstraints:
  {{- range $key, $unsatisfiable := dict "kubernetes.io/hostname" "ScheduleAnyway" "topology.kubernetes.io/zone" "ScheduleAnyway" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ $unsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "culvert.selector" $ | nindent 8 }}
  {{- end }}
{{- with .values.node_selector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The machine's credential and trust. The kubelet renews the token long before it expires. */}}
{{- define "culvert.identityMounts" -}}
- name: identity-token
  mountPath: /var/run/secrets/culvert
  readOnly: true
{{- if .root.Values.platform_ca_config_map }}
- name: platform-ca
  mountPath: /etc/culvert/trust
  readOnly: true
{{- end }}
{{- end -}}

{{- define "culvert.identityVolumes" -}}
- name: identity-token
  projected:
    defaultMode: 0400
    sources:
      - serviceAccountToken:
          path: token
          audience: {{ .root.Values.token.audience | default .config.identity.url }}
          expirationSeconds: {{ .root.Values.token.seconds }}
{{- with .root.Values.platform_ca_config_map }}
- name: platform-ca
  configMap:
    name: {{ . }}
    items:
      - key: platform-ca.pem
        path: platform-ca.pem
{{- end }}
{{- end -}}

{{/* A machine's `identity` with what the pod knows: where its token is, and the platform's root. */}}
{{- define "culvert.machineConfig" -}}
{{- $config := deepCopy .values.config -}}
{{- $identity := required (printf "%s.config.identity is required" .part) $config.identity -}}
{{- $_ := required (printf "%s.config.identity.url is required" .part) $identity.url -}}
{{- if ne (default "automatic" $identity.mode) "manual" -}}
{{- if not $identity.token }}{{ $_ := set $identity "token" (dict "file" "/var/run/secrets/culvert/token") }}{{ end -}}
{{- end -}}
{{- if .root.Values.platform_ca_config_map }}{{ $_ := set $identity "ca_file" "/etc/culvert/trust/platform-ca.pem" }}{{ end -}}
{{- $_ := set $config "config_version" 1 -}}
{{- toYaml $config -}}
{{- end -}}
