{{/* The name of a part: RELEASE-service, RELEASE-edge, RELEASE-agent. */}}
{{- define "culvert.name" -}}
{{- printf "%s-%s" (.root.Values.fullnameOverride | default .root.Release.Name) .part | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "culvert.selector" -}}
app.kubernetes.io/name: {{ .root.Values.nameOverride | default "culvert" }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "culvert.labels" -}}
{{ include "culvert.selector" . }}
app.kubernetes.io/version: {{ include "culvert.tag" . | trunc 63 | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Without the chart's version: a part whose image stays must not restart when the chart is upgraded. */}}
{{- define "culvert.podLabels" -}}
{{ include "culvert.selector" . }}
app.kubernetes.io/version: {{ include "culvert.tag" . | trunc 63 | quote }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with .values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "culvert.tag" -}}
{{- .values.image.tag | default .root.Values.image.tag | default .root.Chart.AppVersion -}}
{{- end -}}

{{- define "culvert.image" -}}
{{- $registry := required "image.registry is required: the registry that you pushed the images to" .root.Values.image.registry -}}
{{- printf "%s/%s:%s" (trimSuffix "/" $registry) .values.image.repository (include "culvert.tag" .) -}}
{{- end -}}

{{- define "culvert.serviceAccountName" -}}
{{- if .values.serviceAccount.create -}}
{{- .values.serviceAccount.name | default (include "culvert.name" .) -}}
{{- else -}}
{{- required (printf "%s.serviceAccount.name is required when create is false" .part) .values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "culvert.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "culvert.serviceAccountName" . }}
  labels:
    {{- include "culvert.labels" . | nindent 4 }}
  {{- with .values.serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{/* A pod's annotations: a changed configuration starts new pods. */}}
{{- define "culvert.annotations" -}}
checksum/config: {{ .text | sha256sum }}
{{- if .root.Values.metrics.annotations }}
prometheus.io/scrape: "true"
prometheus.io/path: /metrics
prometheus.io/port: {{ .healthPort | quote }}
{{- end }}
{{- with .values.podAnnotations }}
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

{{/* Image, security and resources of one of our containers. */}}
{{- define "culvert.container" -}}
image: {{ include "culvert.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- include "culvert.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml .values.resources | nindent 2 }}
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

{{/* Variables of a container: from Secrets, and the operator's own. */}}
{{- define "culvert.env" -}}
{{- range $name, $from := .values.secrets }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ required (printf "%s.secrets.%s.secret is required" $.part $name) $from.secret }}
      key: {{ required (printf "%s.secrets.%s.key is required" $.part $name) $from.key }}
{{- end }}
{{- with .values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Where a pod runs, and what it may use besides the API. */}}
{{- define "culvert.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "culvert.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "culvert.spread" -}}
topologySpreadConstraints:
  {{- if .values.topologySpreadConstraints }}
  {{- toYaml .values.topologySpreadConstraints | nindent 2 }}
  {{- else }}
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "culvert.selector" $ | nindent 8 }}
  {{- end }}
  {{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Files of Secrets and ConfigMaps, and the operator's own mounts. */}}
{{- define "culvert.fileMounts" -}}
{{- range .values.files }}
- name: file-{{ .name }}
  mountPath: /etc/culvert/files/{{ .name }}
  readOnly: true
{{- end }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "culvert.fileVolumes" -}}
{{- range .values.files }}
- name: file-{{ .name }}
  {{- if .secret }}
  secret:
    secretName: {{ .secret }}
    # With fsGroup: root's, for the pod's group alone, which is private enough for a key.
    defaultMode: 0400
  {{- else }}
  configMap:
    name: {{ required (printf "%s.files: secret or configMap is required" $.part) .configMap }}
  {{- end }}
{{- end }}
{{- with .values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What a pod without a volume of its own for its state has, and what one with a volume claims. */}}
{{- define "culvert.emptyState" -}}
{{- if not .values.persistence.enabled }}
- name: state
  emptyDir: {}
{{- end }}
{{- end -}}

{{- define "culvert.stateClaim" -}}
{{- if .values.persistence.enabled }}
volumeClaimTemplates:
  - metadata:
      name: state
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .values.persistence.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources:
        requests:
          storage: {{ .values.persistence.size }}
{{- end }}
{{- end -}}

{{/* The machine's credential and trust. The kubelet renews the token long before it expires. */}}
{{- define "culvert.identityMounts" -}}
- name: identity-token
  mountPath: /var/run/secrets/culvert
  readOnly: true
{{- if .root.Values.platformCa.configMap }}
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
          audience: {{ .root.Values.identityToken.audience | default .config.identity.url }}
          expirationSeconds: {{ .root.Values.identityToken.expirationSeconds }}
{{- with .root.Values.platformCa.configMap }}
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
{{- $config := deepCopy .config -}}
{{- $identity := required (printf "%s.config.identity is required" .part) $config.identity -}}
{{- $_ := required (printf "%s.config.identity.url is required" .part) $identity.url -}}
{{- if ne (default "automatic" $identity.mode) "manual" -}}
{{- if not $identity.token }}{{ $_ := set $identity "token" (dict "file" "/var/run/secrets/culvert/token") }}{{ end -}}
{{- end -}}
{{- if .root.Values.platformCa.configMap }}{{ $_ := set $identity "ca_file" "/etc/culvert/trust/platform-ca.pem" }}{{ end -}}
{{- $_ := set $config "config_version" 1 -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "culvert.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "culvert.name" . }}
  labels:
    {{- include "culvert.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "culvert.selector" . | nindent 6 }}
{{- end -}}

{{/* .clientPorts: names of the ports that clients use. Health and metrics are for the peers of networkPolicy.metrics. */}}
{{- define "culvert.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "culvert.name" . }}
  labels:
    {{- include "culvert.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "culvert.selector" . | nindent 6 }}
  policyTypes: {{ if .values.networkPolicy.egress }}[Ingress, Egress]{{ else }}[Ingress]{{ end }}
  ingress:
    {{- with .clientPorts }}
    - ports:
        {{- range . }}
        - {port: {{ . }}}
        {{- end }}
      {{- with $.values.networkPolicy.clients }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    - ports:
        - {port: health}
      from:
        {{- toYaml .values.networkPolicy.metrics | nindent 8 }}
  {{- with .values.networkPolicy.egress }}
  egress:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
