using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Addresses;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Imports the file of another provider's connector proxy (<c>mcp-gateway</c>): its routes, and the addresses that they
/// may have. The proxy's listener and certificate become a tunnel of kind <c>connector</c>.
/// </summary>
internal static class ProxyConfigImport
{
    // The proxy's default: the ranges of RFC 1918, and no IPv6.
    private static readonly string[] PrivateAddresses = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

    private static readonly string[] TlsKeys = ["ca_file", "include_system_cas"];

    /// <summary>Reads the proxy's file, and adds its content to the new file, which has no routes yet.</summary>
    public static void Map(ImportedFile file, YamlMap agent)
    {
        var root = file.Root;
        agent.Section("log").SetIfAny("level", file.Key(root, "log_level").Level());
        var timeout = file.Key(root, "shutdown_timeout").Duration(TimeSpan.Zero, TimeSpan.FromHours(1));
        agent.Section("tunnel").SetIfAny("drain_timeout", timeout);
        var domain = file.Key(root, "tunnel_domain").Text().Trim('.').ToLowerInvariant();
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
            file.Key(upstream, "disable_ip_validation")
                .Changed("Each route has dangerous_allow_any_address: true. Write allowed_ranges instead.");
        }

        var tls = upstream.Section("tls");
        var caFile = file.Key(tls, "ca_file").Path();
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
                MapTls(file.Key(root, "routes").Entry(name, place), target, caFile, hasSystemRoots);
            }

            route.Section("oauth").Set("mode", "passthrough");
        }

        foreach (var key in TlsKeys.Where(k => !hasTls && tls.Has(k)))
        {
            file.Key(tls, key).NoEqual("No route of this file has an https upstream.");
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

        file.Key(file.Root, "routes")
            .ToDo(
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
            && !ImportedKey.IsUnwritable(text.Trim())
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

    // The proxy searches the whole host name first, and then the part before its domain. The order of the file does not
    // matter to it, so a name that keeps its host name gets the label before one that gets another.
    private static Dictionary<string, string> ReadLabels(
        ImportedFile file,
        IReadOnlyList<(string Name, string Text, ConfigSource Place)> routes,
        string domain
    )
    {
        var key = file.Key(file.Root, "routes");
        var hosts = routes.Select(r => ToHost(r.Name)).ToHashSet(StringComparer.Ordinal);
        var (names, labels) = (new RouteNames(), new Dictionary<string, string>(StringComparer.Ordinal));
        foreach (var (name, _, place) in routes.OrderBy(r => GetExpected(ToHost(r.Name), domain).Contains('.') ? 1 : 0))
        {
            var full = $"{ToHost(name)}.{domain}";
            if (domain.Length > 0 && hosts.Contains(full))
            {
                key.Entry(name, place)
                    .NoEqual(
                        $"The proxy never uses this route: {full} has one of its own, and the whole name comes first."
                    );
            }
            else if (
                Uri.CheckHostName(ToHost(name)) is not UriHostNameType.Dns
                || IPAddress.TryParse(ToHost(name), out _)
            )
            {
                key.Error("One of the names is not a host name.", "Write a subdomain or a full host name.");
            }
            else
            {
                labels.Add(name, ReadLabel(key.Entry(name, place), name, domain, names));
            }
        }

        return labels;
    }

    private static string ToHost(string name) => name.Trim('.').ToLowerInvariant();

    private static string GetExpected(string host, string domain) =>
        domain.Length > 0 && host.EndsWith($".{domain}", StringComparison.Ordinal)
            ? host[..^(domain.Length + 1)]
            : host;

    // The first part of a host name selects the route: the rest is a domain of the provider.
    private static string ReadLabel(ImportedKey key, string name, string domain, RouteNames names)
    {
        var host = ToHost(name);
        if (host == domain)
        {
            return Route.BareDomain;
        }

        var label = names.Add(domain.Length == 0 ? host.Split('.')[0] : GetExpected(host, domain));
        if (label != name)
        {
            key.Changed(
                $"The route is called {label}, and that is the first part of its host name in every tunnel. For a name of your own: `culvert tunnel hostname add`, and hostnames of the route."
            );
        }

        return label;
    }

    private static void MapTls(ImportedKey route, YamlMap target, string caFile, bool hasSystemRoots)
    {
        var tls = target.Section("tls");
        tls.SetIfAny("ca_file", caFile);
        if (caFile.Length > 0 || hasSystemRoots)
        {
            tls.Set("system_roots", hasSystemRoots);
        }
        else
        {
            route.Changed(
                "The file names no CA for https upstreams. The agent trusts those of the system: write tls.ca_file for others."
            );
        }
    }
}
