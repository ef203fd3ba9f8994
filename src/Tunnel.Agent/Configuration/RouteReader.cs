using System.Text.RegularExpressions;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads one entry of <c>routes</c>.</summary>
internal static partial class RouteReader
{
    private static readonly string[] PrivateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fd00::/8"];
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>A usable route, whatever was reported; the caller drops all of them if anything was.</summary>
    public static (RouteSettings Route, ConfigSection Oauth) Read(string name, ConfigSection root, ConfigSection route)
    {
        if (name != Route.BareDomain && !Label().IsMatch(name))
        {
            root.Error(
                $"routes.{name}",
                "This is not one label of a host name.",
                "Use 1 to 63 lower-case letters, digits and inner hyphens, or \"@\" for the tunnel domain itself."
            );
        }

        var oauth = route.Section("oauth");
        var settings = new RouteSettings
        {
            Name = name,
            Upstream = ReadUpstream(route.Section("upstream")),
            AllowedOrigins = route.Strings("allowed_origins"),
            Oauth = OauthReader.Read(oauth),
            Credential = CredentialReader.Read(route.Section("credentials")),
        };
        route.NotYet("hostnames");
        route.NotYet("certificate", permitted: "service");
        route.NotYet("policy");
        return (settings, oauth);
    }

    private static UpstreamSettings ReadUpstream(ConfigSection upstream)
    {
        upstream.NotYet("stdio");
        upstream.NotYet("callouts");
        upstream.NotYet("headers");
        upstream.NotYet("proxy", permitted: "");
        upstream.NotYet("sse_keep_alive", permitted: "0");

        var url = upstream.Url("url", required: true, "http", "https") ?? new Uri("http://unset.invalid");
        if (url.AbsolutePath != "/")
        {
            upstream.Error("url", "An upstream has no path.", "Remove the path: the client's own is passed on.");
        }

        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host[1..^1] : url.IdnHost;
        var tls = upstream.Section("tls");
        tls.NotYet("client_certificate_file", permitted: "");
        tls.NotYet("client_key_file", permitted: "");
        var timeouts = upstream.Section("timeouts");
        var health = upstream.Section("health");
        health.NotYet("path");
        var hostHeader = upstream.String("host_header");
        if (hostHeader.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            upstream.Error("host_header", "This is not a Host field.", "Write host or host:port.");
            hostHeader = "";
        }

        var caPem = ReadCa(tls);
        var systemRoots = tls.Bool("system_roots", true);
        if (!systemRoots && caPem.Length == 0)
        {
            tls.Error(
                "system_roots",
                "Without a readable ca_file nothing could vouch for the upstream.",
                "Set tls.ca_file."
            );
        }

        var maxRequestBytes = upstream.Size("max_request_bytes", 128L << 20);
        return new UpstreamSettings
        {
            IsTls = url.Scheme == "https",
            Host = host,
            Port = url.Port,
            HostHeader = hostHeader.Length > 0 ? hostHeader : url.Authority,
            AllowedRanges = upstream.Ranges("allowed_ranges", PrivateRanges),
            DangerousAllowAnyAddress = upstream.Bool("dangerous_allow_any_address", false),
            TlsServerName = tls.String("server_name") is { Length: > 0 } serverName ? serverName : host,
            TlsCaPem = caPem,
            TlsSystemRoots = systemRoots,
            Timeouts = new UpstreamTimeouts(
                timeouts.Duration("connect", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), Day),
                timeouts.Duration("response_headers", TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(100), Day),
                timeouts.Duration("stream_idle", TimeSpan.FromMinutes(15), TimeSpan.FromMilliseconds(100), 30 * Day)
            ),
            MaxConnections = upstream.Int("max_connections", 256, 1, 65_536),
            MaxRequestBytes = maxRequestBytes == 0 ? null : maxRequestBytes,
            ConnectAttempts = upstream.Int("connect_attempts", 2, 1, 5),
            Probe = new ProbeSettings(
                health.Choice("probe", "tcp", "tcp", "none") == "tcp",
                health.Duration("interval", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), Day),
                health.Duration(
                    "timeout",
                    TimeSpan.FromSeconds(5),
                    TimeSpan.FromMilliseconds(100),
                    TimeSpan.FromMinutes(1)
                )
            ),
        };
    }

    private static string ReadCa(ConfigSection tls)
    {
        var file = tls.Path("ca_file");
        if (file.Length == 0)
        {
            return "";
        }

        try
        {
            var pem = File.ReadAllText(file);
            if (Platform.Certificates.CertificatePem.TryRead(pem, out _))
            {
                return pem;
            }

            tls.Error("ca_file", "The file holds no certificate in PEM.", "Name a file with the upstream's CA.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            tls.Error("ca_file", $"The file cannot be read: {e.Message}", "Name a file with the upstream's CA.");
        }

        return "";
    }

    // RFC 1123 §2.1, lower case only: a label has one spelling here.
    [GeneratedRegex("^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();
}
