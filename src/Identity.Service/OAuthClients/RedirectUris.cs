namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// Which redirect URIs a client may register, and whether one is registered. Comparison is byte for byte (RFC 9700 §4.1.3), except that
/// the port of a loopback IP literal may differ (RFC 8252 §7.3), and that of <c>localhost</c> where the registered URI has none.
/// </summary>
internal static class RedirectUris
{
    public const int MaxCount = 20;
    public const int MaxCharacters = 512;

    private const string Secure = "https";
    private const string Plain = "http";
    private const string Localhost = "localhost";
    private const int MaxSchemeCharacters = 64;

    // Only these IP literals: RFC 8252 §7.3 names no other, and parsers also accept 127.1 and 0x7f000001.
    private static readonly string[] LoopbackLiterals = ["127.0.0.1", "[::1]"];

    // Schemes that run code, read files, or start other programs with the URI as their input.
    private static readonly HashSet<string> RefusedSchemes =
    [
        "about",
        "acap",
        "android-app",
        "blob",
        "callto",
        "content",
        "data",
        "edge",
        "facetime",
        "feed",
        "file",
        "filesystem",
        "ftp",
        "ftps",
        "git",
        "gopher",
        "help",
        "hcp",
        "imap",
        "intent",
        "itms",
        "jar",
        "javascript",
        "ldap",
        "ldaps",
        "livescript",
        "mailto",
        "market",
        "mhtml",
        "mocha",
        "news",
        "nfs",
        "nntp",
        "onion",
        "opera",
        "pop",
        "res",
        "resource",
        "rlogin",
        "search",
        "search-ms",
        "sftp",
        "shell",
        "sip",
        "sips",
        "skype",
        "smb",
        "sms",
        "smsto",
        "ssh",
        "tel",
        "telnet",
        "tftp",
        "urn",
        "vbscript",
        "view-source",
        "vnd.ms.radio",
        "ws",
        "wss",
        "wyciwyg",
        "xmpp",
    ];

    // Pages and handlers of browsers and of Windows, and spellings that readers mistake for a web address.
    private static readonly string[] RefusedPrefixes =
    [
        "chrome",
        "http",
        "javascript",
        "moz-",
        "ms-",
        "safari-",
        "shttp",
        "webkit",
        "x-javascript",
    ];

    /// <summary>Why the URI cannot be registered, as a sentence that follows <c>redirect_uris:</c>; null if it can.</summary>
    public static string? Check(string? uri)
    {
        if (uri is not { Length: > 0 and <= MaxCharacters })
        {
            return $"each has 1 to {MaxCharacters} characters.";
        }

        if (!WebHosts.HasPlainCharacters(uri))
        {
            return "a URI has ASCII characters of RFC 3986 alone, no fragment, and no encoded dot, slash or control character.";
        }

        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon < 0 ? "" : uri[..colon];
        var rest = uri[(colon + 1)..];
        return scheme switch
        {
            Secure => CheckWeb(rest, IsWebHost)
                ? null
                : "an https URI needs a DNS name in lower case, and has no user, wildcard, IP address or dot segment.",
            Plain => CheckWeb(rest, IsLoopback)
                ? null
                : "http is permitted only with the hosts 127.0.0.1, [::1] and localhost.",
            _ => CheckPrivate(scheme, rest),
        };
    }

    /// <summary>Like <see cref="Check"/>, for all URIs of a client.</summary>
    public static string? CheckAll(IReadOnlyList<string> uris, int maxCount) =>
        uris.Count == 0 || uris.Count > maxCount ? $"1 to {maxCount} URIs are required."
        : uris.Distinct(StringComparer.Ordinal).Count() < uris.Count ? "each URI is registered once."
        : uris.Select(uri => Check(uri)).FirstOrDefault(problem => problem is not null);

    /// <summary>Whether a permitted URI leads to the person's own computer by http, or to one of these hosts by https.</summary>
    public static bool LeadsTo(IReadOnlyList<string> hosts, string uri)
    {
        const string secure = $"{Secure}://";
        return uri.StartsWith($"{Plain}://", StringComparison.Ordinal)
            || (
                uri.StartsWith(secure, StringComparison.Ordinal)
                && WebHosts.SplitPort(WebHosts.SplitAuthority(uri[secure.Length..]).Authority) is { } parts
                && ClientDocumentUrls.IsAllowed(hosts, parts.Host)
            );
    }

    /// <summary>Whether the client registered this redirect URI.</summary>
    public static bool IsRegistered(OAuthClient client, string redirectUri) =>
        client.RedirectUris.Contains(redirectUri, StringComparer.Ordinal)
        || (
            Check(redirectUri) is null
            && RemovePort(redirectUri, IsLoopback) is { } requested
            && client.RedirectUris.Any(one => one == requested || RemovePort(one, IsLoopbackLiteral) == requested)
        );

    private static bool IsWebHost(string host) =>
        WebHosts.IsDnsName(host) && !host.EndsWith($".{Localhost}", StringComparison.Ordinal);

    private static bool IsLoopback(string host) => host == Localhost || IsLoopbackLiteral(host);

    private static bool IsLoopbackLiteral(string host) => LoopbackLiterals.Contains(host);

    private static bool CheckWeb(string rest, Func<string, bool> isHost)
    {
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return false;
        }

        var (authority, path) = WebHosts.SplitAuthority(rest[2..]);
        return WebHosts.SplitPort(authority) is { } parts && isHost(parts.Host) && !WebHosts.HasDotSegment(path);
    }

    // RFC 8252 §7.1. Schemes without a dot are permitted, because common editors use such schemes.
    private static string? CheckPrivate(string scheme, string rest)
    {
        if (
            scheme.Length is 0 or > MaxSchemeCharacters
            || !char.IsAsciiLetterLower(scheme[0])
            || !scheme.All(one => char.IsAsciiLetterLower(one) || char.IsAsciiDigit(one) || one is '+' or '-' or '.')
        )
        {
            return "a URI begins with its scheme in lower case.";
        }

        if (
            RefusedSchemes.Contains(scheme)
            || RefusedPrefixes.Any(one => scheme.StartsWith(one, StringComparison.Ordinal))
        )
        {
            return $"the scheme {scheme} is not permitted.";
        }

        var hasAuthority = rest.StartsWith("//", StringComparison.Ordinal);
        var (authority, path) = hasAuthority ? WebHosts.SplitAuthority(rest[2..]) : ("", rest.Split('?')[0]);
        return
            rest.StartsWith('/') && !authority.Contains('@', StringComparison.Ordinal) && !WebHosts.HasDotSegment(path)
            ? null
            : "a private-use scheme is followed by a path or by // and a name, without user or dot segment.";
    }

    // "localhost" may resolve to another address, so a registered port of it is compared. Native clients listen on a port that
    // the system chooses, and several that use this name register it without a port.
    private static string? RemovePort(string uri, Func<string, bool> isHost)
    {
        const string prefix = $"{Plain}://";
        if (!uri.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var authority = WebHosts.SplitAuthority(uri[prefix.Length..]).Authority;
        return WebHosts.SplitPort(authority) is { } parts && isHost(parts.Host)
            ? prefix + parts.Host + uri[(prefix.Length + authority.Length)..]
            : null;
    }
}
