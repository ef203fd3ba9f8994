using System.Net;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Connector;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads an entry of <c>tunnels</c> with the kind <c>connector</c>.</summary>
internal static class ConnectorReader
{
    /// <summary>The keys that only this kind has.</summary>
    public static readonly IReadOnlyList<string> OwnKeys =
    [
        "listen",
        "dangerous_allow_non_loopback",
        "tunnel_domain",
        "routes",
        "certificate_source",
        "certificate_file",
        "key_file",
        "max_connections",
        "idle_timeout",
    ];

    private const string DefaultListen = "127.0.0.1:8080";

    public static ConnectorSettings Read(
        ConfigSection section,
        AgentSettings agent,
        IReadOnlyList<ConnectorSettings> before
    )
    {
        var (certificate, key) = ReadFiles(section);
        var settings = new ConnectorSettings
        {
            Listen = ReadListen(section, before),
            Domain = ReadDomain(section, before),
            Routes = ReadRoutes(section, agent),
            CertificateFile = certificate,
            KeyFile = key,
            Protocols = agent.Certificates.Protocols,
            MaxConnections = section.Int("max_connections", 1024, 1, 1_000_000),
            IdleTimeout = section.Duration(
                "idle_timeout",
                TimeSpan.FromHours(1),
                TimeSpan.FromSeconds(10),
                UpstreamReader.Day
            ),
            MaxHeaderBytes = agent.Tunnel.MaxHeaderBytes,
            Drain = agent.Tunnel.DrainTimeout,
        };

        // Includes the settings outside of the section that the connector uses.
        return settings with
        {
            Origin = $"{section.Digest()}\n{settings.Protocols}\n{settings.MaxHeaderBytes}\n{settings.Drain}",
        };
    }

    private static IPEndPoint ReadListen(ConfigSection section, IReadOnlyList<ConnectorSettings> before)
    {
        var listen = section.EndPoint("listen", DefaultListen);
        var isAllowed = section.Bool("dangerous_allow_non_loopback", false);
        if (!IPAddress.IsLoopback(listen.Address) && !isAllowed)
        {
            section.Error(
                "listen",
                "Other hosts could reach this address, and call the tunnel's routes in the place of the connector.",
                "Write 127.0.0.1 or [::1], or dangerous_allow_non_loopback: true."
            );
        }

        if (listen.Port != 0 && before.Any(t => t.Listen.Equals(listen)))
        {
            section.Error(
                "listen",
                "Another entry of tunnels has this address.",
                "Give each tunnel a port of its own."
            );
        }

        return listen;
    }

    private static string ReadDomain(ConfigSection section, IReadOnlyList<ConnectorSettings> before)
    {
        var domain = section.RequiredString("tunnel_domain").ToLowerInvariant();
        if (domain.Length == 0)
        {
            return "";
        }

        if (
            Uri.CheckHostName(domain) != UriHostNameType.Dns
            || !domain.Contains('.', StringComparison.Ordinal)
            || domain.StartsWith('.')
            || domain.EndsWith('.')
        )
        {
            section.Error(
                "tunnel_domain",
                "This is not a domain.",
                "Copy it from the provider, such as abcd1234.tunnel.example.com."
            );
        }
        else if (before.Any(t => t.Domain == domain))
        {
            section.Error(
                "tunnel_domain",
                "Another entry of tunnels has this domain.",
                "Name all routes of one tunnel in one entry."
            );
        }

        return domain;
    }

    private static IReadOnlyList<string> ReadRoutes(ConfigSection section, AgentSettings agent)
    {
        var routes = section.Strings("routes");
        if (routes.Count == 0)
        {
            section.Error(
                "routes",
                "No route is listed, so the tunnel would serve nothing.",
                "Write routes: [NAME], with names of entries of routes."
            );
        }

        if (routes.FirstOrDefault(n => agent.Routes.All(r => r.Name != n)) is { } unknown)
        {
            section.Error("routes", $"There is no route {unknown}.", "Write the names of entries of routes.");
        }

        if (routes.FirstOrDefault(n => agent.Routes.Any(r => r.Name == n && !r.IsExposed)) is { } hidden)
        {
            section.Error(
                "routes",
                $"Only composed tools may call the route {hidden}.",
                "Name routes without expose: false."
            );
        }

        return routes;
    }

    private static (string Certificate, string Key) ReadFiles(ConfigSection section)
    {
        var isIssued = section.Choice("certificate_source", "files", "files", "service") == "service";
        var (certificate, key) = (section.Path("certificate_file"), section.Path("key_file"));
        if (isIssued && certificate.Length + key.Length > 0)
        {
            section.Error(
                certificate.Length > 0 ? "certificate_file" : "key_file",
                "It is not used with certificate_source: service, which gets the certificate from the Culvert service.",
                "Remove certificate_file and key_file, or remove certificate_source."
            );
            return ("", "");
        }

        if (!isIssued && certificate.Length + key.Length == 0)
        {
            section.Error(
                "certificate_file",
                "The tunnel has no certificate for its domain.",
                "Set certificate_file and key_file, or write certificate_source: service, so that the Culvert service issues it."
            );
            return ("", "");
        }

        if ((certificate.Length == 0) != (key.Length == 0))
        {
            section.Error(
                certificate.Length == 0 ? "key_file" : "certificate_file",
                "A certificate needs its key and a key its certificate.",
                "Set both certificate_file and key_file, or neither and certificate_source: service."
            );
            return ("", "");
        }

        foreach (var (name, path) in new[] { ("certificate_file", certificate), ("key_file", key) })
        {
            if (path.Length > 0 && !File.Exists(path))
            {
                section.Error(name, "The file does not exist.", "Name the PEM file that your CA tooling writes.");
            }
        }

        return (certificate, key);
    }
}
