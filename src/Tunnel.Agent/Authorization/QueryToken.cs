namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Finds a token in a query, where none is allowed (A6): such URLs are stored in logs and histories.</summary>
internal static class QueryToken
{
    // RFC 6750 §2.3
    private const string Name = "access_token";

    public static bool IsIn(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query >= 0
            && target[(query + 1)..]
                .Split('&', ';')
                .Any(p => Uri.UnescapeDataString(p.Split('=')[0]).Equals(Name, StringComparison.OrdinalIgnoreCase));
    }
}
