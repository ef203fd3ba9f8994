using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>The token of a request's <c>Authorization</c> field (RFC 6750 §2.1, RFC 9449 §7.1).</summary>
/// <param name="IsBound">True when sent with the scheme <c>DPoP</c>.</param>
internal readonly record struct BearerCredential(string Token, bool IsBound)
{
    /// <summary>False: the field is ambiguous or not a credential (A6, A15). Other schemes count as no token.</summary>
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

    // b64token of RFC 6750 §2.1
    private static bool IsTokenCharacter(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';
}
