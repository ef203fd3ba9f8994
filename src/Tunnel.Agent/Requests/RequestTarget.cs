namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The request target as the client wrote it (RFC 9112 §3.2): nothing is decoded, normalised or re-encoded (P4).
/// </summary>
internal static class RequestTarget
{
    /// <summary>
    /// Path and query, byte for byte. False for the asterisk and authority forms, which do not name a resource of an
    /// upstream, and for bytes that RFC 3986 does not allow anywhere in a target.
    /// </summary>
    public static bool TryGetOriginForm(string raw, out string target)
    {
        target = raw;
        if (raw.Length == 0 || raw.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return false;
        }

        return raw[0] == '/' || TryStripAuthority(raw, out target);
    }

    // Every server must accept the absolute form (RFC 9112 §3.2.2). The HTTP server has compared its authority with
    // Host.
    private static bool TryStripAuthority(string raw, out string target)
    {
        target = raw;
        var authority = raw.IndexOf("://", StringComparison.Ordinal);
        if (authority <= 0)
        {
            return false;
        }

        var path = raw.AsSpan(authority + 3).IndexOfAny('/', '?');
        if (path < 0)
        {
            target = "/";
            return true;
        }

        target = raw[(authority + 3 + path)..];
        if (target[0] == '?')
        {
            target = "/" + target; // RFC 9112 §3.2.1: an empty path is sent as "/"
        }

        return true;
    }
}
