using System.Security.Authentication;
using Culvert.Machine.Client.Access;
using Culvert.Platform.Certificates;
using Culvert.Platform.Configuration;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Net;
using Culvert.Platform.Telemetry;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads <c>agent.yaml</c>. Every key is either applied or refused; none is ignored.</summary>
internal static class AgentConfiguration
{
    public static AgentSettings Read(ConfigSection root)
    {
        var issuers = root.Map("issuers")
            .Select(i => IssuerReader.Read(i.Name, i.Section) with { Origin = i.Section.Digest() })
            .ToList();
        if (!issuers.Exists(i => i.Name == IssuerSettings.ServiceName))
        {
            issuers.Add(IssuerSettings.CreateFed());
        }

        var identity = IdentitySection.Read(root, allowManual: true);
        var routes = ReadRoutes(root, issuers, identity.Network);
        var settings = new AgentSettings
        {
            StateDirectory = root.Path("state_dir", InitialFile.DefaultState),
            Identity = identity,
            Tunnel = ReadTunnel(root.Section("tunnel")),
            Certificates = ReadCertificates(root.Section("certificates")),
            Issuers =
            [
                .. issuers.Where(i =>
                    !i.IsFed || routes.Exists(r => r.Oauth.Issuers.Contains(i.Name, StringComparer.Ordinal))
                ),
            ],
            Routes = routes,
            Acme = AcmeReader.Read(root.Section("acme")),
            Audit = AuditReader.Read(root),
            Health = HealthSection.ReadAgent(root),
            Log = LogSection.Read(root),
            Telemetry = TelemetrySection.Read(root),
        };
        settings = TunnelsReader.Read(root, settings);
        CheckTogether(root, settings);
        return settings;
    }

    private static TunnelSettings ReadTunnel(ConfigSection section) =>
        new()
        {
            Id = section.Id("id", "tnl", "Write the ID that `culvert tunnel list` shows.", isRequired: true),
            Edges = section.Strings("edges"),
            Connections = section.Int("connections", 2, 1, 8),
            DialTimeout = section.Duration(
                "dial_timeout",
                TimeSpan.FromSeconds(10),
                TimeSpan.FromSeconds(1),
                TimeSpan.FromMinutes(2)
            ),
            DrainTimeout = section.Duration("drain_timeout", TimeSpan.FromSeconds(30), null, TimeSpan.FromHours(1)),
            MaxConnections = section.Int("max_connections", 10_000, 1, 1_000_000),
            MaxStreams = section.Int("max_streams", 1024, 1, 16_384),
            MaxHeaderBytes = (int)section.Size("max_header_bytes", 64 << 10, 4 << 10, 1 << 20),
        };

    private static CertificateSettings ReadCertificates(ConfigSection section)
    {
        var fromFiles = section.Choice("source", "service", "service", "files") == "files";
        var settings = new CertificateSettings
        {
            FromFiles = fromFiles,
            KeyType = section.Choice(
                "key_type",
                "ecdsa-p256",
                "ecdsa-p256",
                "ecdsa-p384",
                "rsa-2048",
                "rsa-3072"
            ) switch
            {
                "ecdsa-p384" => KeyType.EcdsaP384,
                "rsa-2048" => KeyType.Rsa2048,
                "rsa-3072" => KeyType.Rsa3072,
                _ => KeyType.EcdsaP256,
            },
            CertificateFile = section.Path("certificate_file", required: fromFiles),
            KeyFile = section.Path("key_file", required: fromFiles),
            Protocols =
                section.Choice("tls_min_version", "1.2", "1.2", "1.3") == "1.3"
                    ? SslProtocols.Tls13
                    : SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        foreach (
            var (key, path) in new[] { ("certificate_file", settings.CertificateFile), ("key_file", settings.KeyFile) }
        )
        {
            if (!fromFiles && path.Length > 0)
            {
                section.Error(
                    key,
                    "It is not used while the leaf comes from the service.",
                    "Set source: files, or remove it."
                );
            }
            else if (fromFiles && path.Length > 0 && !File.Exists(path))
            {
                section.Error(key, "The file does not exist.", "Name the PEM file that your CA tooling writes.");
            }
        }

        return settings;
    }

    private static List<RouteSettings> ReadRoutes(
        ConfigSection root,
        List<IssuerSettings> issuers,
        NetworkOptions network
    )
    {
        var sections = root.Map("routes");
        var names = new ComposedRoutes(
            [.. sections.Select(r => r.Name)],
            [.. sections.Where(r => r.Section.Section("upstream").Has("compose")).Select(r => r.Name)]
        );
        var routes = sections.Select(r => RouteReader.Read(r.Name, root, r.Section, network, issuers, names)).ToList();
        if (routes.Count == 0)
        {
            root.Error(
                "routes",
                "No route is configured, so the agent would serve nothing.",
                "Add one under `routes:`."
            );
        }

        var twice = routes.SelectMany(r => r.Route.Hostnames).GroupBy(h => h).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            root.Error("routes", $"{twice.Key} is listed twice under `hostnames`.", "A name leads to one route.");
        }

        OauthReader.CheckTogether(routes, issuers);
        ComposeReader.CheckTogether(sections, [.. routes.Select(r => r.Route)]);
        return [.. routes.Select(r => r.Route)];
    }

    // S5: a tunnel token alone never yields an inner-TLS certificate of the service.
    private static void CheckTogether(ConfigSection root, AgentSettings settings)
    {
        if (settings.Acme.Directory.Length == 0 && settings.Routes.FirstOrDefault(r => r.IsPublic) is { } route)
        {
            root.Section("acme")
                .Error(
                    "directory",
                    $"Route {route.Name} has certificate: acme, and no CA is named.",
                    "Write the https URL of the CA's staging directory first, its production directory later."
                );
        }

        if (settings.Identity.Mode == IdentityMode.Manual && !settings.Certificates.FromFiles)
        {
            root.Section("certificates")
                .Error(
                    "source",
                    "In manual mode the service issues no server certificate.",
                    "Set source: files, with certificate_file and key_file."
                );
        }
    }
}
