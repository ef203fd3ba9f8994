using System.Text;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>What a proven identity assertion allows, narrowed by the request; the request never widens it.</summary>
/// <param name="Stated">The scopes of the assertion; null if it names none.</param>
/// <param name="Scopes">The scopes to grant; null if neither names any.</param>
internal sealed record IdentityAssertionTerms(
    string Resource,
    IReadOnlyList<string>? Stated,
    IReadOnlyList<string>? Scopes
)
{
    /// <summary>Null if the request is one of those that the assertion is for.</summary>
    public static Denial? Read(AssertionRequest request, ClaimSet claims, out IdentityAssertionTerms? terms)
    {
        terms = null;
        if (CheckClient(request, claims) is { } otherClient)
        {
            return otherClient;
        }

        if (!ConfirmsKey(request, claims))
        {
            return new Denial(DenialReason.BindingMismatch, Claim: "cnf");
        }

        if (FindResource(request, claims) is not { } resource || !TokenTargets.IsWellFormed(resource))
        {
            return new Denial(DenialReason.TargetNotAllowed, Claim: "resource");
        }

        IReadOnlyList<string>? stated = null;
        if (
            claims.TryFind("scope"u8, out var scope)
            && (scope.ReadString() is not { } text || !RouteScopes.TryRead(text, out stated))
        )
        {
            return new Denial(DenialReason.ScopeNotGranted, Claim: "scope");
        }

        if (stated is not null && request.Scopes is { } wanted && !wanted.All(stated.Contains))
        {
            return new Denial(DenialReason.ScopeNotGranted, Claim: "scope");
        }

        terms = new IdentityAssertionTerms(resource, stated, request.Scopes ?? stated);
        return null;
    }

    private static Denial? CheckClient(AssertionRequest request, ClaimSet claims)
    {
        if (!claims.TryFind("client_id"u8, out var client))
        {
            return new Denial(DenialReason.ClaimMissing, "client_id", "client_id");
        }

        return client.StringEquals(Encoding.UTF8.GetBytes(request.ClientId!))
            ? null
            : new Denial(DenialReason.ClaimMismatch, "client_id", "client_id");
    }

    // RFC 7800 §3: an assertion with a key is good for the holder of that key alone.
    private static bool ConfirmsKey(AssertionRequest request, ClaimSet claims) =>
        !claims.TryFind("cnf"u8, out _)
        || (claims.FindObject("cnf"u8)?.FindString("jkt"u8) is { } key && key == request.Proven.KeyThumbprint);

    // §3.1: one URI, or a list of which the request names one.
    private static string? FindResource(AssertionRequest request, ClaimSet claims)
    {
        if (!claims.TryFind("resource"u8, out var claim))
        {
            return request.Resource;
        }

        if (request.Resource is not { } wanted)
        {
            return claim.ReadString() is { } stated ? TokenTargets.RemoveRootPath(stated) : null;
        }

        return
            claim.FindInStringList(Encoding.UTF8.GetBytes(wanted)) == StringListMatch.Found
            || (
                TokenTargets.RemoveRootPath(wanted + "/") == wanted
                && claim.FindInStringList(Encoding.UTF8.GetBytes(wanted + "/")) == StringListMatch.Found
            )
            ? wanted
            : null;
    }
}
