using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>The token in a request's <c>Authorization</c> field (RFC 6750 §2.1, RFC 9449 §7.1).</summary>
/// <param name="Token">The token; empty if the request has none.</param>
/// <param name="IsBound">Whether the token was sent with the scheme <c>DPoP</c>, not <c>Bearer</c>.</param>
internal readonly record struct BearerCredential(string Token, bool IsBound)
{
    /// <summary>
    /// Reads the token. A request with another authentication scheme counts as a request without a token.
    /// </summary>
    /// <returns>False if the field is repeated, or its token is malformed (A6, A15).</returns>
    public static bool TryRead(StringValues authorization, out BearerCredential credential)
    {
        credential = new BearerCredential("", false);
        if (authorization.Count == 0)
        {
            return true;
        }

        if (authorization.Count > 1)
        {
            return false;
        }

        var field = authorization.ToString();
        var blank = field.IndexOf(' ', StringComparison.Ordinal);
        var scheme = blank < 0 ? field : field[..blank];
        var isBound = scheme.Equals("DPoP", StringComparison.OrdinalIgnoreCase);
        if (!isBound && !scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var token = blank < 0 ? "" : field[blank..].Trim(' ');
        if (token.Length == 0 || !token.All(IsTokenCharacter))
        {
            return false;
        }

        credential = new BearerCredential(token, isBound);
        return true;
    }

    // The characters of b64token in RFC 6750 §2.1.
    private static bool IsTokenCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';
}
