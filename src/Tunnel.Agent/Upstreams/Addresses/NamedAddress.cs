using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Culvert.Platform.Addresses;

namespace Culvert.Tunnel.Agent.Upstreams.Addresses;

/// <summary>An absolute http or https URL, or a reference with an authority (RFC 3986 §4.2).</summary>
/// <param name="Scheme">In lower case; empty where the reference has none.</param>
/// <param name="Host">In lower case, without brackets and final dot.</param>
/// <param name="Port">0 for none.</param>
/// <param name="Rest">Path, query and fragment, byte for byte.</param>
internal sealed record NamedAddress(string Scheme, string Host, int Port, string Rest)
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    // RFC 6761, RFC 6762 with its appendix G, RFC 8375: names that public DNS does not have.
    private static readonly string[] InnerSuffixes =
    [
        "localhost",
        "localdomain",
        "local",
        "internal",
        "intranet",
        "private",
        "corp",
        "home",
        "lan",
        "home.arpa",
    ];

    /// <summary>Whether the port is absent, or the default port of http or https.</summary>
    public bool HasUsualPort => Port is 0 or HttpPort or HttpsPort;

    public bool IsLoopback =>
        IPAddress.TryParse(Host, out var address)
            ? AddressClasses.Classify(address) == AddressClass.Loopback
            : Host == "localhost" || Host.EndsWith(".localhost", StringComparison.Ordinal);

    /// <summary>Whether the host is a private address, or a name that public DNS does not have.</summary>
    public bool IsInner =>
        IPAddress.TryParse(Host, out var address)
            ? AddressClasses.Classify(address) != AddressClass.Public
            : !Host.Contains('.', StringComparison.Ordinal)
                || InnerSuffixes.Any(s => Host.EndsWith("." + s, StringComparison.Ordinal));

    /// <summary>Null if the reference is relative to the URL of the request, or has another scheme.</summary>
    public static NamedAddress? Parse(string reference)
    {
        // Browsers treat a backslash as a slash (WHATWG URL §4.4).
        var text = reference.Trim(' ', '\t').Replace('\\', '/');
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 0 ? text[..colon].ToLowerInvariant() : "";
        var start = scheme is "http" or "https" ? colon + 1 : 0;
        if (!text.AsSpan(start).StartsWith("//"))
        {
            return null;
        }

        start += 2;
        var length = text.AsSpan(start).IndexOfAny('/', '?', '#');
        var end = length < 0 ? text.Length : start + length;
        var authority = text[start..end];
        authority = authority[(authority.LastIndexOf('@') + 1)..]; // without user information
        return ParseAuthority(authority, out var host, out var port)
            ? new NamedAddress(start == 2 ? "" : scheme, host, port, reference.Trim(' ', '\t')[end..])
            : null;
    }

    /// <summary>Splits <c>host:port</c>; false if the host is missing or the port is invalid.</summary>
    public static bool ParseAuthority(string authority, out string host, out int port)
    {
        port = 0;
        var bracket = authority.LastIndexOf(']');
        var colon = authority.IndexOf(':', Math.Max(bracket, 0));
        host = (colon < 0 ? authority : authority[..colon]).Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        if (IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            host = address.ToString(); // the canonical spelling
        }

        return host.Length > 0
            && (
                colon < 0
                || colon + 1 == authority.Length
                || int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            );
    }

    public int GetPort(bool isTls) =>
        Port != 0 ? Port
        : Scheme == "https" || (Scheme.Length == 0 && isTls) ? HttpsPort
        : HttpPort;
}
