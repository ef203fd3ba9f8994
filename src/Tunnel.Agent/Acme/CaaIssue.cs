namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The value of an <c>issue</c> property (RFC 8659 §4.2).</summary>
/// <param name="Issuer">The CA; empty = no CA.</param>
internal sealed record CaaIssue(string Issuer, IReadOnlyDictionary<string, string> Parameters)
{
    public string? Parameter(string tag) => Parameters.GetValueOrDefault(tag);

    /// <summary>Null for a malformed value. Stricter than the RFC: a repeated tag makes it malformed.</summary>
    public static CaaIssue? TryParse(string value)
    {
        var parts = value.Split(';');
        var issuer = parts[0].Trim(' ', '\t');
        if (issuer.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-')))
        {
            return null;
        }

        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.Skip(1).Select(p => p.Trim(' ', '\t')))
        {
            if (part.Length == 0 && parts.Length == 2)
            {
                continue; // ";" alone, or after the issuer: no parameters
            }

            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (
                equals <= 0
                || !part.AsSpan(0, equals).TrimEnd(" \t").ToString().All(char.IsAsciiLetterOrDigit)
                || !parameters.TryAdd(part[..equals].TrimEnd(' ', '\t'), part[(equals + 1)..].TrimStart(' ', '\t'))
                || part.AsSpan(equals + 1).Trim(" \t").ContainsAnyExceptInRange('!', '~')
            )
            {
                return null;
            }
        }

        return new CaaIssue(issuer, parameters);
    }
}
