using System.Globalization;
using System.Net;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;

namespace Culvert.Tunnel.Agent.Imports;

/// <summary>
/// Makes a tunnel of kind <c>connector</c> from the listener of a connector proxy: the agent then replaces the proxy,
/// and the connector needs no change.
/// </summary>
internal static class ProxyTunnelImport
{
    private const int DefaultPort = 8080;

    /// <param name="file">The proxy's file; its routes were read.</param>
    /// <param name="agent">The new file, with routes.</param>
    /// <param name="domain">The tunnel domain of the file; empty = it has none.</param>
    public static void Map(ImportedFile file, YamlMap agent, string domain)
    {
        var (root, tls) = (file.Root, file.Root.Section("tls"));
        var listenKey = file.Key(root, "listen_addr");
        ImportedKey[] certificateKeys = [file.Key(tls, "cert_file"), file.Key(tls, "key_file")];
        var (listen, isMoved) = ReadListen(listenKey);
        var (certificate, key) = (certificateKeys[0].Path(), certificateKeys[1].Path());
        var routes = agent.Section("routes").Keys.ToList();
        if (domain.Length == 0)
        {
            domain = FindDomain(root);
        }

        if (routes.Count == 0 || file.HasErrors)
        {
            return;
        }

        if (domain.Length == 0)
        {
            foreach (var unused in certificateKeys.Prepend(listenKey).Where(k => k.IsSet))
            {
                unused.NoEqual("It needs a tunnel with kind: connector, and that needs a tunnel_domain.");
            }

            file.ToDo(
                "tunnels",
                "The file names no tunnel_domain, and its host names have no common one. Write an entry with kind: connector, listen, tunnel_domain, routes, certificate_file and key_file."
            );
            return;
        }

        var hasFiles = certificate.Length > 0 && key.Length > 0;
        var tunnel = new YamlMap()
            .Set("kind", "connector")
            .Set("listen", listen)
            .Set("tunnel_domain", domain)
            .Set("routes", routes)
            .SetIfAny("certificate_source", hasFiles ? "" : "service")
            .SetIfAny("certificate_file", hasFiles ? certificate : "")
            .SetIfAny("key_file", hasFiles ? key : "");
        agent.Set("tunnels", [tunnel]);
        if (isMoved)
        {
            listenKey.Changed(
                "The agent listens on loopback alone. If the connector runs on another host, write that address, and dangerous_allow_non_loopback: true."
            );
        }

        file.ToDo(
            "tunnels",
            "Stop the proxy before the agent starts: both listen at the same port. The connector stays as it is."
        );
        if (!hasFiles)
        {
            foreach (var single in certificateKeys.Where(k => k.IsSet))
            {
                single.NoEqual("A certificate needs its key, and a key its certificate.");
            }

            file.ToDo(
                "tunnels",
                $"The file names no certificate, so certificate_source: service requests it from the Culvert service, where an operator approves *.{domain}. Or write certificate_file and key_file, from a CA that is registered at the provider."
            );
        }
    }

    // The usual :8080 of the proxy is all addresses of the machine. The agent listens on loopback, where the connector
    // is.
    private static (string Listen, bool IsMoved) ReadListen(ImportedKey key)
    {
        var text = key.Text();
        if (text.Length == 0)
        {
            return (Format(IPAddress.Loopback, DefaultPort), false);
        }

        var colon = text.LastIndexOf(':');
        var host = text[..Math.Max(0, colon)].Trim('[', ']');
        if (
            colon < 0
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0
        )
        {
            key.Error("This is not an address with a port.", "Write :8080 or 127.0.0.1:8080.");
            return ("", false);
        }

        return IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)
            ? (Format(address, port), false)
            : (Format(IPAddress.Loopback, port), host != "localhost");
    }

    private static string Format(IPAddress address, int port) => new IPEndPoint(address, port).ToString();

    // The domain of the routes, if their names are full host names below the same domain; otherwise empty.
    private static string FindDomain(ConfigSection root)
    {
        var parents = root.Texts("routes")
            .Select(r => r.Name.Trim('.').ToLowerInvariant())
            .Select(n =>
                n.Contains('.', StringComparison.Ordinal) ? n[(n.IndexOf('.', StringComparison.Ordinal) + 1)..] : ""
            )
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return parents is [var parent] && parent.Contains('.', StringComparison.Ordinal) ? parent : "";
    }
}
