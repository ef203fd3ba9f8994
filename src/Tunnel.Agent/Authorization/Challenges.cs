using System.Text;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Writes <c>WWW-Authenticate</c> (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1).</summary>
internal static class Challenges
{
    public const string InvalidToken = "invalid_token";
    public const string InvalidProof = "invalid_dpop_proof";
    public const string InvalidRequest = "invalid_request";
    public const string InsufficientScope = "insufficient_scope";

    /// <summary>The algorithms of DPoP proofs. The library verifies more; these are small and fast for clients.</summary>
    public static readonly IReadOnlyList<string> ProofAlgorithms = ["ES256", "PS256", "RS256"];

    /// <param name="error">Null when the request had no token (RFC 6750 §3.1).</param>
    /// <param name="scopes">The scopes that a token needs; empty = the challenge has no scope.</param>
    public static StringValues Format(string metadataUrl, DpopMode dpop, string? error, IReadOnlyList<string> scopes)
    {
        var bearer = Write("Bearer", metadataUrl, error, scopes, "");
        if (dpop == DpopMode.Off)
        {
            return bearer;
        }

        var bound = Write("DPoP", metadataUrl, error, scopes, $"algs=\"{string.Join(' ', ProofAlgorithms)}\"");
        return dpop == DpopMode.Required ? bound : new StringValues([bearer, bound]);
    }

    // Error codes, scopes and URLs have no quote and no backslash: the configuration reader rejects them.
    private static string Write(
        string scheme,
        string metadataUrl,
        string? error,
        IReadOnlyList<string> scopes,
        string algorithms
    )
    {
        var text = new StringBuilder(scheme).Append(' ');
        if (error is not null)
        {
            text.Append("error=\"").Append(error).Append("\", ");
        }

        if (scopes.Count > 0)
        {
            text.Append("scope=\"").AppendJoin(' ', scopes).Append("\", ");
        }

        if (algorithms.Length > 0)
        {
            text.Append(algorithms).Append(", ");
        }

        return text.Append("resource_metadata=\"").Append(metadataUrl).Append('"').ToString();
    }
}
