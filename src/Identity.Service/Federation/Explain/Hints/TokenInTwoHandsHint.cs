using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>Another caller was the first to exchange the token.</summary>
internal sealed class TokenInTwoHandsHint : IHint
{
    public string Code => "token_in_two_hands";

    public string? Find(HintFacts facts) =>
        facts.Reason == DenialReason.Replayed
            ? "Another client (another key, certificate or address) exchanged this very token first. If both are yours, let them "
                + "prove the same key or use a token each; if not, revoke the token's family and find out how the token leaked."
            : null;
}
