using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the file of another provider's connector proxy (<c>mcp-gateway</c>): its routes, and which addresses they may have.
/// What it listens on, and its certificate, become a tunnel of kind <c>connector</c>.
/// </summary>
internal static class ProxyConfigImport
{
    // The proxy's own default: RFC 1918, and no IPv6.
    private static readonly string[] PrivateAddresses = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

    private static readonly string[] TlsKeys = ["ca_file", "include_system_cas"];

    /// <summary>Reads the file and adds to the new one.</summary>
    /// <param name="file">The proxy's file.</param>
    /// <param name="agent">The new file, without routes.</param>
    public static void Map(ImportedFile file, YamlMap agent)
    {
        var root = file.Root;
        agent.Section("log").SetIfAny("level", ProgramLog.ReadLevel(file, root, "log_level"));
        agent
            .Section("tunnel")
            .SetIfAny("drain_timeout", file.Duration(root, "shutdown_timeout", TimeSpan.Zero, TimeSpan.FromHours(1)));
        var domain = file.Text(root, "tunnel_domain").Trim('.').ToLowerInvariant();
        MapRoutes(file, agent, domain);
        ProxyTunnelImport.Map(file, agent, domain);
    }

    private static void MapRoutes(ImportedFile file, YamlMap agent, string domain)
    {
        var root = file.Root;
        var upstream = root.Section("upstream");
        var ranges = ReadRanges(upstream);
        var isAnyAllowed = upstream.Bool("disable_ip_validation", false);
        if (isAnyAllowed)
        {
            file.Changed(
                upstream,
                "disable_ip_validation",
                "Each route has dangerous_allow_any_address: true. Write allowed_ranges instead."
            );
        }

        var tls = upstream.Section("tls");
        var caFile = file.Path(tls, "ca_file");
        var hasSystemRoots = tls.Bool("include_system_cas", false);
        var (routes, hasTls) = (root.Texts("routes"), false);
        var labels = ReadLabels(file, routes, domain);
        foreach (var (name, text, place) in routes)
        {
            var url = ReadUpstream(root, text);
            if (url is null || !labels.TryGetValue(name, out var label))
            {
                continue;
            }

            if (agent.Section("routes").Has(label))
            {
                root.Error("routes", "Two names lead to the tunnel domain itself.", "Remove one of them.");
                continue;
            }

            var route = agent.Section("routes").Section(label);
            var target = route.Section("upstream").Set("url", $"{url.Scheme}://{RouteAddress.ToAuthority(url)}");
            if (isAnyAllowed)
            {
                target.Set("dangerous_allow_any_address", true);
            }
            else
            {
                target.Set("allowed_ranges", ranges);
            }

            if (url.Scheme == "https")
            {
                hasTls = true;
                MapTls(file, target, caFile, hasSystemRoots, (name, place));
            }

            route.Section("oauth").Set("mode", "passthrough");
        }

        foreach (var key in TlsKeys.Where(k => !hasTls && tls.Has(k)))
        {
            file.NoEqual(tls, key, "No route of this file has an https upstream.");
        }

        Finish(file, agent);
    }

    private static void Finish(ImportedFile file, YamlMap agent)
    {
        if (agent.Section("routes").IsEmpty)
        {
            if (!file.HasErrors)
            {
                file.Root.Error("routes", "No route is configured here, so there is nothing to serve.", "Add routes.");
            }

            return;
        }

        file.ToDo(
            file.Root,
            "routes",
            "The servers themselves must check the tokens of callers, as before (oauth.mode: passthrough). The agent checks their "
                + "health at /mcp: write oauth.path into routes with another MCP endpoint, and health.probe: tcp into the route "
                + "of an authorization server."
        );
    }

    private static IReadOnlyList<string> ReadRanges(ConfigSection upstream)
    {
        const string Key = "allowed_ips";
        var written = upstream.Strings(Key);
        var ranges = new List<string>();
        foreach (var text in written)
        {
            if (
                AddressRanges.TryParse(text, out var range)
                && range.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            )
            {
                ranges.Add(range.ToString());
            }
            else
            {
                upstream.Error(
                    Key,
                    "One of these is not an IPv4 address or range without set bits beyond its length.",
                    "Write 10.0.0.0/8 or 10.1.2.3."
                );
            }
        }

        return written.Count > 0 ? ranges : PrivateAddresses;
    }

    private static Uri? ReadUpstream(ConfigSection root, string text)
    {
        if (
            Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
            && url
                is {
                    Scheme: "http" or "https",
                    UserInfo: "",
                    AbsolutePath: "/",
                    Query: "",
                    Fragment: "",
                    Host.Length: > 0
                }
            && !text.Trim().EndsWith('/')
            && !ImportedFile.IsUnwritable(text.Trim())
        )
        {
            return url;
        }

        root.Error(
            "routes",
            "One of the upstreams is not scheme://host:port.",
            "Write http://host:port or https://host:port."
        );
        return null;
    }

    // The proxy looks for the whole host name first, and then for what is before its domain. The order of the file does not
    // matter to it, so a name that keeps its host name gets the label before one that gets another.
    private static Dictionary<string, string> ReadLabels(
        ImportedFile file,
        IReadOnlyList<(string Name, string Text, ConfigSource Place)> routes,
        string domain
    )
    {
        var hosts = routes.Select(r => ToHost(r.Name)).ToHashSet(StringComparer.Ordinal);
        var (names, labels) = (new RouteNames(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (name, _, place) in routes.OrderBy(r => GetWanted(ToHost(r.Name), domain).Contains('.') ? 1 : 0))
        {
            var full = $"{ToHost(name)}.{domain}";
            if (domain.Length > 0 && hosts.Contains(full))
            {
                file.NoEqual(
                    file.Root,
                    $"routes.{name}",
                    $"The proxy never uses this route: {full} has one of its own, and the whole name comes first.",
                    place
                );
            }
            else if (ReadLabel(file, name, domain, names, place) is { } label)
            {
                labels.Add(name, label);
            }
        }

        return labels;
    }

    private static string ToHost(string name) => name.Trim('.').ToLowerInvariant();

    private static string GetWanted(string host, string domain) =>
        domain.Length > 0 && host.EndsWith($".{domain}", StringComparison.Ordinal)
            ? host[..^(domain.Length + 1)]
            : host;

    // A host name leads to the route of its first part: the rest is a domain of the provider.
    private static string? ReadLabel(
        ImportedFile file,
        string name,
        string domain,
        RouteNames names,
        ConfigSource place
    )
    {
        var host = ToHost(name);
        if (Uri.CheckHostName(host) is not UriHostNameType.Dns || IPAddress.TryParse(host, out _))
        {
            file.Root.Error("routes", "One of the names is not a host name.", "Write a subdomain or a full host name.");
            return null;
        }

        if (host == domain)
        {
            return Route.BareDomain;
        }

        var label = names.Add(domain.Length == 0 ? host.Split('.')[0] : GetWanted(host, domain));
        if (label != name)
        {
            file.Changed(
                file.Root,
                $"routes.{name}",
                $"The route is called {label}, and that is the first part of its host name in every tunnel. For a name of your own: `culvert tunnel hostname add`, and hostnames of the route.",
                place
            );
        }

        return label;
    }

    private static void MapTls(
        ImportedFile file,
        YamlMap target,
        string caFile,
        bool hasSystemRoots,
        (string Name, ConfigSource Place) route
    )
    {
        var tls = target.Section("tls");
        tls.SetIfAny("ca_file", caFile);
        if (caFile.Length > 0)
        {
            tls.Set("system_roots", hasSystemRoots);
        }
        else if (hasSystemRoots)
        {
            tls.Set("system_roots", true);
        }
        else
        {
            file.Changed(
                file.Root,
                $"routes.{route.Name}",
                "The file names no CA for https upstreams. The agent trusts those of the system: write tls.ca_file for others.",
                route.Place
            );
        }
    }
}
