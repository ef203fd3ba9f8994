using System.Diagnostics;

namespace Culvert.Platform.Launching;

/// <summary>
/// The environment of every child: the caller's without proxies (everything here is on loopback) and without settings
/// of this or a compatible product.
/// </summary>
public static class ChildEnvironment
{
    private const string Loopback = "localhost,.localhost,127.0.0.1,::1";

    private static readonly string[] StrippedPrefixes =
    [
        "CULVERT_",
        "ANTHROPIC_",
        "OTEL_",
        "NODE_",
        "SSL_CERT_",
        "LD_PRELOAD",
        "NSS_WRAPPER_",
    ];
    private static readonly string[] ProxyNames = ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"];

    public static void Apply(ProcessStartInfo start, IReadOnlyDictionary<string, string> additions)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(additions);
        foreach (var name in start.Environment.Keys.ToList())
        {
            if (
                ProxyNames.Contains(name, StringComparer.OrdinalIgnoreCase)
                || Array.Exists(StrippedPrefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            )
            {
                start.Environment.Remove(name);
            }
        }

        start.Environment["NO_PROXY"] = start.Environment["no_proxy"] = Loopback;
        foreach (var (name, value) in additions)
        {
            start.Environment[name] = value;
        }
    }
}
