using System.Globalization;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// <c>hosts</c>: an absolute http or https URL of a listed host. URL parsers differ (RFC 3986, WHATWG, and each
/// library), so only spellings in which all of them find the same host are accepted.
/// </summary>
internal sealed class HostCondition(IReadOnlyList<UrlHost> hosts) : ValueCondition("hosts", ValueKinds.Text)
{
    private const int MaxUrlCharacters = 8192;

    public bool IsEmpty => hosts.Count == 0;

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        JsonText.TryGet(value, out var text)
        && TrySplit(text, out var host, out var port, out var defaultPort)
        && Matches(host, port, defaultPort);

    public override string Describe() => $"{Key} {string.Join(", ", hosts)}";

    public override string ToString() => string.Join('\0', hosts);

    internal static bool TrySplit(string url, out ReadOnlySpan<char> host, out int port, out int defaultPort)
    {
        host = default;
        defaultPort =
            url.StartsWith("https://", StringComparison.Ordinal) ? 443
            : url.StartsWith("http://", StringComparison.Ordinal) ? 80
            : 0;
        port = defaultPort;
        var rest = defaultPort == 0 ? default : url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2);

        // Some parsers remove whitespace, others treat a backslash as a slash or fold non-ASCII characters.
        if (
            defaultPort == 0
            || url.Length > MaxUrlCharacters
            || rest.ContainsAnyExceptInRange('!', '~')
            || rest.Contains('\\')
        )
        {
            return false;
        }

        // Without a slash, some parsers look for the host after an "@" in the query or the fragment.
        var end = rest.IndexOfAny('/', '?', '#');
        if (end >= 0 && rest[end] != '/')
        {
            return false;
        }

        var authority = end < 0 ? rest : rest[..end];
        var colon = authority.StartsWith('[') ? authority.LastIndexOf("]:") + 1 : authority.LastIndexOf(':');
        if (colon > 0)
        {
            if (!TryParsePort(authority[(colon + 1)..], out port))
            {
                return false;
            }

            authority = authority[..colon];
        }

        host = authority;
        return UrlHost.IsName(host) || UrlHost.IsAddress(host);
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port)
        && port is > 0 and <= 65535
        && text[0] != '0';

    private bool Matches(ReadOnlySpan<char> host, int port, int defaultPort)
    {
        foreach (var listed in hosts)
        {
            if (listed.Matches(host, port, defaultPort))
            {
                return true;
            }
        }

        return false;
    }
}
