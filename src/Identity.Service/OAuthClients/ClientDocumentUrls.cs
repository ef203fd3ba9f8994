namespace Culvert.Identity.Service.OAuthClients;

/// <summary>The form of a client ID that is a URL (draft-ietf-oauth-client-id-metadata-document, Client Identifier).</summary>
internal static class ClientDocumentUrls
{
    public const int MaxCharacters = 512;
    public const string Prefix = "https://";

    // A pattern of the option for every name below a domain.
    private const string BelowDomain = "*.";
    public const string AnyHost = "*";

    /// <summary>The URL's host; null if the URL cannot be a client ID.</summary>
    public static string? FindHost(string clientId)
    {
        if (
            clientId.Length > MaxCharacters
            || !clientId.StartsWith(Prefix, StringComparison.Ordinal)
            || !WebHosts.HasPlainCharacters(clientId)
        )
        {
            return null;
        }

        var (authority, path) = WebHosts.SplitAuthority(clientId[Prefix.Length..]);
        return
            WebHosts.SplitPort(authority) is { } parts
            && WebHosts.IsDnsName(parts.Host)
            && path.Length > 0
            && !WebHosts.HasDotSegment(path)
            ? parts.Host
            : null;
    }

    /// <summary>Whether the operator permits documents of that host.</summary>
    public static bool IsAllowed(IReadOnlyList<string> hosts, string host) =>
        hosts.Any(pattern =>
            pattern == AnyHost
            || pattern == host
            || (
                pattern.StartsWith(BelowDomain, StringComparison.Ordinal)
                && host.Length >= pattern.Length
                && host.EndsWith(pattern[1..], StringComparison.Ordinal)
            )
        );

    /// <summary>Whether the text is an entry of the option: <c>*</c>, a host, or <c>*.</c> and a domain.</summary>
    public static bool IsPattern(string text) =>
        text == AnyHost
        || WebHosts.IsDnsName(
            text.StartsWith(BelowDomain, StringComparison.Ordinal) ? text[BelowDomain.Length..] : text
        );
}
