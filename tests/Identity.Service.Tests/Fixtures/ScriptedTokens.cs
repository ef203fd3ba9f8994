using System.Collections.Concurrent;
using System.Collections.Frozen;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Tokens;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Knows exactly the access tokens that a test hands out.</summary>
internal sealed class ScriptedTokens : IAccessTokenValidator
{
    private readonly ConcurrentDictionary<string, Caller> callers = new();

    public string Add(string organizationId, string? workspaceId, params string[] scopes)
    {
        var token = "token-" + callers.Count;
        callers[token] = new Caller
        {
            Kind = CallerKind.AccessToken,
            OrganizationId = organizationId,
            WorkspaceId = workspaceId,
            Scopes = scopes.ToFrozenSet(),
            ActorId = "svac_test",
            CredentialHash = "",
        };
        return token;
    }

    public ValueTask<Result<Caller>> ValidateAsync(string token, CancellationToken cancellationToken) =>
        new(callers.TryGetValue(token, out var caller) ? Result<Caller>.Ok(caller) : AuthErrors.Invalid.Refuse());
}
