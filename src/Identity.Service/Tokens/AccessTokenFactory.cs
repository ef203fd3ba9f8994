using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tokens.SigningKeys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens;

/// <summary>Mints the access token of a granted exchange (RFC 9068).</summary>
internal sealed class AccessTokenFactory(
    SigningKeyRing keys,
    MintedTokens minted,
    ServiceIdentity identity,
    ILogger<AccessTokenFactory> logger
)
{
    /// <summary>The longest lifetime that a rule can grant, and a minute for requests in transit.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1);

    /// <returns>The compact form, ASCII.</returns>
    public RentedBytes Mint(Grant grant, DateTimeOffset now)
    {
        var issuedAt = now.ToUnixTimeSeconds();
        var present = keys.Current;
        var minter = present.MinterAt(now);
        try
        {
            var claims = ToClaims(grant, issuedAt);
            var token = new RentedBytes(minter.Mint(claims, ArrayPool<byte>.Shared, out var length), length);
            keys.IsFailing = false;
            minted.Add(token.Memory.Span, new VerifiedToken(claims, minter.KeyId, present.Find(minter.KeyId)!));
            return token;
        }
        catch (CryptographicException fault)
        {
            keys.IsFailing = true;
            Log.SigningFailed(logger, fault, minter.KeyId);
            throw new SigningUnavailableException(fault);
        }
    }

    /// <summary>As <see cref="Mint"/>, for a response that is written from a record.</summary>
    public string MintText(Grant grant, DateTimeOffset now)
    {
        var token = Mint(grant, now);
        var text = Encoding.ASCII.GetString(token.Memory.Span);
        token.Return();
        return text;
    }

    private AccessTokenClaims ToClaims(Grant grant, long issuedAt)
    {
        var rule = grant.Rule;
        return new AccessTokenClaims
        {
            Issuer = grant.Issuer ?? identity.PublicUrl,
            Subject = grant.Person?.Subject ?? rule.Account.Id.Value,
            Audience = grant.Audience,
            ClientId = grant.Person?.ClientId ?? rule.Rule.Id.Value,
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
