using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>
/// Scopes that a rule grants for routes. The server behind a route gives them their meaning, so they are any scope tokens
/// (RFC 6749 §3.3) except the scopes of this service: no such token may ever be one for its API.
/// </summary>
internal static class RouteScopes
{
    public const int MaxCount = 50;
    public const int MaxLength = 128;

    private static bool IsToken(string? scope) =>
        scope is { Length: >= 1 and <= MaxLength }
        && !scope.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !scope.AsSpan().ContainsAny('"', '\\');

    /// <summary>Reads the <c>scope</c> parameter of a request; a request that names none passes.</summary>
    /// <param name="scopes">Null if the request names none.</param>
    public static bool TryRead(string? text, out IReadOnlyList<string>? scopes)
    {
        scopes = text?.Split(' ');
        return scopes is null || (scopes.Count <= MaxCount && scopes.All(IsToken));
    }

    public static Refusal? Check(IReadOnlyList<string> scopes)
    {
        if (scopes.Count > MaxCount || scopes.Distinct(StringComparer.Ordinal).Count() != scopes.Count)
        {
            return FederationErrors.Scope.Refuse($"route_scopes: at most {MaxCount}, each once.");
        }

        if (scopes.Any(scope => !IsToken(scope)))
        {
            return FederationErrors.Scope.Refuse(
                $"route_scopes: a scope has 1 to {MaxLength} printable ASCII characters, without blank, \" and \\."
            );
        }

        return scopes.FirstOrDefault(Scopes.All.Contains) is { } own
            ? FederationErrors.Scope.Refuse($"route_scopes: {own} is a scope of this service, not of a route.")
            : null;
    }
}
