using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>Single use is on, and several processes share one token file.</summary>
internal sealed class TokenReusedHint : IHint
{
    public string Code => "token_reused";

    public string? Find(HintFacts facts) =>
        facts.Reason == DenialReason.JtiReused
            ? "This token was exchanged before, usually by another process that reads the same file: request one token per "
                + "exchange, share one access token, or let the issuer's replay mode allow reuse by the same client."
            : null;
}
