using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Certificates.ServiceCertificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Platform.Telemetry;

namespace Culvert.Identity.Service.Configuration;

/// <summary>
/// Reads <c>identity-service.yaml</c>, with one reader per section. All errors are reported together, in the order of the
/// readers. Unknown keys are refused.
/// </summary>
internal static class ServiceConfiguration
{
    public static ServiceSettings Read(ConfigSection root)
    {
        var publicUrl = ServiceIdentityKeys.ReadUrl(root, "public_url");
        var (api, machine, keys) = (root.Section("api"), root.Section("machine"), root.Section("keys"));
        var options = new ServiceOptions
        {
            PublicUrl = publicUrl,
            MachineUrl = ServiceIdentityKeys.ReadUrl(root, "machine_url"),
            TrustDomain = ServiceIdentityKeys.ReadTrustDomain(root, publicUrl),
            StateDirectory = root.Path("state_dir", "/var/lib/culvert/identity-service"),
            ApiListen = api.EndPoints("listen", "[::]:8443"),
            ApiProxyProtocol = ProxyProtocolSection.Read(api),
            ApiTrustedProxies = api.Ranges("trusted_proxies"),
            ApiCertificate = ApiCertificateSection.Read(api),
            MachineListen = machine.EndPoints("listen", "[::]:8444"),
            MachineProxyProtocol = ProxyProtocolSection.Read(machine),
            NodeId = root.Section("node").Int("id", 0, 0, 127),
            NodeName = ServiceIdentityKeys.ReadNodeName(root.Section("node")),
            DrainDelay = root.Duration("drain_delay", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            Storage = StorageSection.Read(root.Section("storage")),
            SealingKey = SealingKeySection.Read(keys),
            Pkcs11 = Pkcs11Section.Read(keys.Section("pkcs11")),
            TokenSigning = TokenSigningSection.Read(keys),
            GitHubApps = GitHubAppSection.Read(root),
            PlatformCa = PlatformCaSection.Read(keys.Section("platform_ca")),
            PrivateIssuerNetworks = root.PrivateNetworks("private_issuer_networks"),
            Federation = FederationSection.Read(root.Section("federation")),
            AuditRetention = AuditRetention(root.Section("audit")),
            AuditTargets = AuditTargets.Read(root),
            Transparency = TransparencySection.Read(root.Section("transparency")),
            Certificates = CertificateSection.Read(root.Section("certificates")),
            Tunnels = TunnelSection.Read(root.Section("tunnels")),
            Agents = AgentSection.Read(root.Section("agents")),
            Limits = LimitSection.Read(root.Section("limits")),
            Notices = NoticeSection.Read(root.Section("notices")),
            Mail = MailSection.Read(root.Section("mail")),
            SignIn = SignInSection.Read(root.Section("sign_in")),
            OAuthClients = ClientDocumentSection.Read(root.Section("authorization")),
            Network = NetworkSection.Read(root),
        };
        options = options with
        {
            Authorization = AuthorizationSection.Read(
                root.Section("authorization"),
                options.SignIn,
                options.OAuthClients.Registration
            ),
            Secrets =
            [
                .. root.Secrets,
                .. FindKeyFile("api.tls.key_file", options.ApiCertificate),
                .. FindKeyFile(
                    "certificates.signing_connector.est.key_file",
                    options.Certificates.SigningEst?.Certificate
                ),
            ],
        };
        CheckRetention(root, options);
        var health = HealthSection.ReadServer(root, "127.0.0.1:8445");
        return new ServiceSettings(
            options with
            {
                HealthListen = health.Listen,
            },
            health,
            LogSection.Read(root),
            TelemetrySection.Read(root)
        );
    }

    private static IEnumerable<KeyValuePair<string, SecretReference>> FindKeyFile(string key, CertificatePair? pair) =>
        pair is null ? [] : [new(key, SecretReference.ToFile(pair.KeyFile))];

    private static TimeSpan AuditRetention(ConfigSection audit) =>
        audit.Duration("retention", TimeSpan.FromDays(400), TimeSpan.FromDays(30), TimeSpan.FromDays(3650));

    // The history is read from the bodies of audit entries: it cannot reach further back.
    private static void CheckRetention(ConfigSection root, ServiceOptions options)
    {
        if (options.AuditRetention < options.Federation.HistoryRetention)
        {
            root.Section("audit")
                .Error(
                    "retention",
                    "The audit would be dropped before the history that is read from it (federation.history_retention).",
                    "Raise audit.retention, or lower federation.history_retention."
                );
        }
    }
}
