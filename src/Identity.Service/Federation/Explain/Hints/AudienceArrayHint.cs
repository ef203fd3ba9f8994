using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The token is for several services.</summary>
internal sealed class AudienceArrayHint : IHint
{
    public string Code => "audience_array";

    public string? Find(HintFacts facts) =>
        facts.Reason is DenialReason.AudienceMultiple or DenialReason.AudienceInvalid or DenialReason.AudienceMismatch
        && facts.Claims is { } claims
        && claims.TryFind("aud"u8, out var audience)
        && audience.Kind == ClaimKind.Array
            ? "The token's aud is a list: request a token from the platform for this service alone."
            : null;
}
