namespace Culvert.Testing;

/// <summary>What an attacker without the key can make of a signed token.</summary>
public static class Forged
{
    /// <summary>The same compact JWS (RFC 7515 §3.1) with another signature of the same length: it differs for every token.</summary>
    public static string Signature(string token)
    {
        var first = token.LastIndexOf('.') + 1;
        return string.Concat(token.AsSpan(0, first), token[first] == 'A' ? "B" : "A", token.AsSpan(first + 1));
    }
}
