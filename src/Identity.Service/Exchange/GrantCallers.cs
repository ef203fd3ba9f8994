using System.Collections.Frozen;
using System.Security.Cryptography;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Exchange;

/// <summary>The caller that an access token of a grant would prove, for a request that uses the grant directly.</summary>
internal static class GrantCallers
{
    public static Caller ToCaller(AssertionContext context, Grant grant)
    {
        var rule = grant.Rule;
        var account = rule.Account.Id.Value;
        // Whole seconds, as in a token: revocations are compared with these.
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(context.Now.ToUnixTimeSeconds());
        return new Caller
        {
            Kind = CallerKind.AccessToken,
            OrganizationId = grant.OrganizationId,
            WorkspaceId = grant.WorkspaceId,
            Scopes = grant.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal),
            ActorId = account,
            ExpiresAt = issuedAt.AddSeconds(grant.LifetimeSeconds),
            IssuedAt = issuedAt,
            CredentialHash = Convert.ToHexStringLower(SHA256.HashData(context.Request.Assertion.Span)),
            Confirmation = grant.Confirmation,
            Family = grant.Family,
            SubjectHash = grant.Source.SubjectHash,
            IssuerId = rule.Issuer.Id.Value,
            RuleId = rule.Rule.Id.Value,
            RuleVersion = grant.RuleVersion,
            ServiceAccountId = account,
            TunnelIds = rule.TunnelIds,
            EdgeIds = rule.EdgeIds,
        };
    }
}
