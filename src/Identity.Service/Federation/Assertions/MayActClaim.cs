using Culvert.Identity.Service.Ids;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary><c>may_act</c> of an identity provider's token (RFC 8693 §4.4). Tokens exchanged for it keep it.</summary>
internal static class MayActClaim
{
    public const string Name = "may_act";

    /// <summary>
    /// Null if the token has none. A claim that names no identity of this service still restricts: then no actor may
    /// act. A <c>sub</c> is only meaningful with its <c>iss</c>: providers name identities of this service with its
    /// issuer identifier.
    /// </summary>
    public static TokenMayAct? Read(ClaimSet claims, string publicUrl)
    {
        if (!claims.TryFind("may_act"u8, out var claim))
        {
            return null;
        }

        return
            claim.Kind == ClaimKind.Object
            && ClaimSet.TryParse(claim.Raw.ToArray(), out var party) == JoseRefusal.None
            && party!.Count == 2
            && party.FindString("iss"u8) == publicUrl
            && party.FindString("sub"u8) is { } subject
            && ServiceAccountId.TryParse(subject, out _)
            ? new TokenMayAct(publicUrl, subject)
            : TokenMayAct.Nobody;
    }
}
