using Culvert.Platform.Configuration;
using Culvert.Platform.Net;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams;
using Culvert.Tunnel.Agent.Upstreams.Addresses;
using Culvert.Tunnel.Agent.Upstreams.Cookies;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the <c>upstream</c> section of a route to an HTTP server.</summary>
internal static class HttpUpstreamReader
{
    private static readonly string[] HiddenNames =
    [
        "localhost", // RFC 6761 §6.3
        "localhost.localdomain",
        "metadata",
        "metadata.google.internal",
        "instance-data",
        "metadata.tencentyun.com",
    ];

    // unix(7): sun_path has 108 bytes, the last one zero.
    internal const int MaxSocketPath = 107;

    // Words in names of headers whose values are usually secrets.
    private static readonly string[] SecretWords =
    [
        "auth",
        "cookie",
        "key",
        "token",
        "secret",
        "password",
        "credential",
    ];

    public static HttpUpstreamSettings Read(ConfigSection upstream, NetworkOptions network, string path)
    {
        var (url, socketPath) = ReadUrl(upstream);
        var proxy = ReadProxy(upstream, url, socketPath);
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host[1..^1] : url.IdnHost;
        var tls = upstream.Section("tls");
        var caPem = ReadCa(tls);
        var systemRoots = tls.Bool("system_roots", true);
        if (!systemRoots && caPem.Length == 0)
        {
            tls.Error(
                "system_roots",
                "Without a readable ca_file the agent cannot verify the upstream.",
                "Set tls.ca_file."
            );
        }

        var (certificate, key) = ReadClientCertificate(tls, url.Scheme == "https");
        var hostHeader = upstream.String("host_header");
        if (hostHeader.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            upstream.Error("host_header", "This is not a Host field.", "Write host or host:port.");
            hostHeader = "";
        }

        var maxRequestBytes = upstream.Size("max_request_bytes", 128L << 20);
        return new HttpUpstreamSettings
        {
            IsTls = url.Scheme == "https",
            Host = host,
            Port = url.Port,
            SocketPath = socketPath,
            Proxy = proxy,
            ProxyCaBundle = network.CaBundle,
            AddressFamily = network.Family,
            HostHeader = hostHeader.Length > 0 ? hostHeader : url.Authority,
            AllowedRanges = upstream.Ranges("allowed_ranges", UpstreamReader.PrivateRanges),
            DangerousAllowAnyAddress = upstream.Bool("dangerous_allow_any_address", false),
            TlsServerName = tls.String("server_name") is { Length: > 0 } serverName ? serverName : host,
            TlsCaPem = caPem,
            TlsSystemRoots = systemRoots,
            ClientCertificateFile = certificate,
            ClientKeyFile = key,
            Headers = ReadHeaders(upstream),
            Timeouts = ReadTimeouts(upstream),
            Cookies = upstream.Choice("cookies", "auto", "auto", "keep", "pass", "drop") switch
            {
                "keep" => CookieHandling.Keep,
                "pass" => CookieHandling.Pass,
                "drop" => CookieHandling.Drop,
                _ => CookieHandling.Automatic,
            },
            InnerAddresses =
                upstream.Choice("inner_addresses", "refuse", "refuse", "pass") == "pass"
                    ? InnerAddresses.Pass
                    : InnerAddresses.Refuse,
            MaxConnections = upstream.Int("max_connections", 256, 1, 65_536),
            MaxRequestBytes = maxRequestBytes == 0 ? null : maxRequestBytes,
            ConnectAttempts = upstream.Int("connect_attempts", 2, 1, 5),
            SseKeepAlive = UpstreamReader.ReadKeepAlive(upstream),
            Probe = UpstreamReader.ReadProbe(upstream.Section("health"), isHttp: true, path),
        };
    }

    // RFC 3986 has no unix scheme with a host, and the URL parser has none either.
    private static (Uri Url, string SocketPath) ReadUrl(ConfigSection upstream)
    {
        const string Unix = "unix:";
        var text = upstream.String("url");
        if (text.StartsWith(Unix, StringComparison.Ordinal))
        {
            var path = text[Unix.Length..];
            if (path.Length > MaxSocketPath || !path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal))
            {
                upstream.Error(
                    "url",
                    "This is not the path of a Unix socket.",
                    $"Write unix:/ and an absolute path of at most {MaxSocketPath} characters."
                );
            }

            return (new Uri("http://localhost"), path);
        }

        var url = upstream.Url("url", required: true, "http", "https") ?? new Uri("http://unset.invalid");
        if (url.AbsolutePath != "/")
        {
            upstream.Error("url", "An upstream has no path.", "Remove the path: the client's own is passed on.");
        }

        return (url, "");
    }

    // Behind a proxy only the target's name can be checked: the proxy's own loopback, and the names of cloud metadata
    // services, which issue credentials, are never an upstream.
    private static HttpProxyOptions? ReadProxy(ConfigSection upstream, Uri url, string socketPath)
    {
        var written = upstream.String("proxy");
        var (user, password) = (upstream.String("proxy_username"), upstream.Secret("proxy_password"));
        if (written.Length == 0)
        {
            if (user.Length > 0 || password is not null)
            {
                upstream.Error(
                    user.Length > 0 ? "proxy_username" : "proxy_password",
                    "No proxy is configured that would receive it.",
                    "Set proxy, or remove it."
                );
            }

            return null;
        }

        if (!NetworkSection.IsProxy(written, out var proxy) || proxy.UserInfo.Length > 0)
        {
            upstream.Error(
                "proxy",
                "This is not the URL of a proxy.",
                "Write http://proxy.example:3128; write a user name into proxy_username."
            );
            return null;
        }

        if (password is not null && user.Length == 0)
        {
            upstream.Error("proxy_password", "A password needs a user name.", "Set proxy_username as well.");
        }

        if (socketPath.Length > 0)
        {
            upstream.Error("proxy", "No proxy leads to a socket of this machine.", "Remove it.");
        }
        else if (IsReservedName(url.IdnHost.TrimEnd('.')))
        {
            upstream.Error(
                "proxy",
                "Behind a proxy this name would be the proxy's own machine or a cloud's.",
                "Remove it."
            );
        }

        return new HttpProxyOptions
        {
            Url = proxy,
            UserName = user,
            Password = password,
        };
    }

    /// <summary>Whether a name must not be an upstream behind a proxy.</summary>
    internal static bool IsReservedName(string name) =>
        HiddenNames.Any(hidden =>
            name.Equals(hidden, StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("." + hidden, StringComparison.OrdinalIgnoreCase)
        );

    private static UpstreamTimeouts ReadTimeouts(ConfigSection upstream)
    {
        var timeouts = upstream.Section("timeouts");
        return UpstreamReader.ReadTimeouts(
            timeouts,
            timeouts.Duration("connect", TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(100), UpstreamReader.Day)
        );
    }

    private static List<KeyValuePair<string, SettingValue>> ReadHeaders(ConfigSection upstream)
    {
        var headers = upstream.Values("headers").ToList();
        foreach (var (name, value) in headers)
        {
            if (!CredentialReader.IsFieldName(name) || !HeaderRules.MaySend(name))
            {
                upstream.Error("headers", $"{name} cannot be sent.", "Write the name of a header that upstreams read.");
            }
            else if (!value.IsReference && SecretWords.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase)))
            {
                upstream.Error(
                    "headers",
                    $"The value of {name} looks like a secret, which must not be written here.",
                    "Write file:/path or env:NAME."
                );
            }
            else if (!value.IsReference && value.Read().AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                upstream.Error(
                    "headers",
                    $"The value of {name} contains characters that are not allowed in a header.",
                    "Use ASCII."
                );
            }
        }

        if (headers.Select(h => h.Key).Distinct(StringComparer.OrdinalIgnoreCase).Count() < headers.Count)
        {
            upstream.Error("headers", "A name is listed twice; names are not case-sensitive.", "Remove one of them.");
        }

        return headers;
    }

    /// <param name="isTls">Whether the connection uses TLS; otherwise a certificate is an error.</param>
    internal static (string Certificate, SecretReference? Key) ReadClientCertificate(ConfigSection tls, bool isTls)
    {
        var (certificate, key) = (tls.Path("client_certificate_file"), tls.Path("client_key_file"));
        if (certificate.Length == 0 && key.Length == 0)
        {
            return ("", null);
        }

        if (certificate.Length == 0 || key.Length == 0)
        {
            tls.Error(
                certificate.Length == 0 ? "client_key_file" : "client_certificate_file",
                "A certificate needs its key and a key its certificate.",
                "Set both client_certificate_file and client_key_file."
            );
            return ("", null);
        }

        if (!isTls)
        {
            tls.Error("client_certificate_file", "It is only used with TLS.", "Write https in url, or remove it.");
            return ("", null);
        }

        var reference = SecretReference.ToFile(key);
        try
        {
            ClientCertificate.Read(certificate, reference);
        }
        catch (Platform.Certificates.CertificateUnusableException e)
        {
            tls.Error("client_certificate_file", e.Message, "Name a leaf with its chain, and its key, in PEM.");
        }

        return (certificate, reference);
    }

    private static string ReadCa(ConfigSection tls)
    {
        var file = tls.Path("ca_file");
        return file.Length == 0
            ? ""
            : tls.ReadCertificates("ca_file", file, "Name a file with the upstream's CA.") ?? "";
    }
}
