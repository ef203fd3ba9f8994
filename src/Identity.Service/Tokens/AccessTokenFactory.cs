using System.Security.Cryptography;
using Culvert.Identity.Service.Federation.Exchange;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>Mints the access token of a granted exchange (RFC 9068).</summary>
internal sealed class AccessTokenFactory(
    SigningKeyRing keys,
    ServiceOptions options,
    ILogger<AccessTokenFactory> logger
)
{
    /// <returns>The compact form, ASCII.</returns>
    public byte[] Mint(Grant grant, DateTimeOffset now)
    {
        var issuedAt = now.ToUnixTimeSeconds();
        var minter = keys.Current.MinterAt(now);
        try
        {
            var token = minter.Mint(ClaimsOf(grant, issuedAt));
            keys.IsFailing = false;
            return token;
        }
        catch (CryptographicException fault)
        {
            keys.IsFailing = true;
            Log.SigningFailed(logger, fault, minter.KeyId);
            throw new SigningUnavailableException(fault);
        }
    }

    private AccessTokenClaims ClaimsOf(Grant grant, long issuedAt)
    {
        var rule = grant.Rule;
        return new AccessTokenClaims
        {
            Issuer = options.PublicUrl,
            Subject = rule.Account.Id.Value,
            Audience = grant.Audience,
            ClientId = rule.Rule.Id.Value,
            IssuedAt = issuedAt,
            ExpiresAt = issuedAt + grant.LifetimeSeconds,
            TokenId = grant.TokenId,
            Scope = grant.Scope,
            Rule = rule.Rule.Id.Value,
            RuleVersion = grant.RuleVersion,
            Organization = grant.OrganizationId,
            Workspace = grant.WorkspaceId,
            Confirmation = grant.Confirmation,
            Actor = grant.Actor,
            MayAct = grant.MayAct,
            Family = grant.Family,
            Source = grant.Source,
        };
    }
}
