using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>Mints the access token of a granted exchange (RFC 9068).</summary>
internal sealed class AccessTokenFactory(SigningKeyRing keys, ServiceOptions options)
{
    /// <param name="tokenId">Its <c>jti</c>, as the audit entry has it.</param>
    /// <param name="now">Seconds since 1970.</param>
    /// <returns>The compact form, ASCII.</returns>
    public byte[] Mint(AssertionContext context, string tokenId, long now, int lifetimeSeconds)
    {
        var rule = context.Rule;
        return keys
            .Current.MinterAt(context.Now)
            .Mint(
                new AccessTokenClaims
                {
                    Issuer = options.PublicUrl,
                    Subject = rule.Account.Id.Value,
                    Audience = options.PublicUrl,
                    ClientId = rule.Rule.Id.Value,
                    IssuedAt = now,
                    ExpiresAt = now + lifetimeSeconds,
                    TokenId = tokenId,
                    Scope = rule.OAuthScope,
                    Rule = rule.Rule.Id.Value,
                    RuleVersion = rule.Rule.Version,
                    Organization = rule.Rule.OrganizationId,
                    Workspace = context.WorkspaceId,
                }
            );
    }
}
