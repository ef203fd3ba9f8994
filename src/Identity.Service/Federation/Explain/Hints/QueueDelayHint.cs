using System.Globalization;
using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The token was issued when the job was queued, or was cached, not when it was needed.</summary>
internal sealed class QueueDelayHint : IHint
{
    public string Code => "minted_long_ago";

    public string? Find(HintFacts facts) =>
        facts.Reason == DenialReason.TokenExpired
        && facts.Seconds("iat") is { } issuedAt
        && facts.Seconds("exp") is { } expiresAt
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The token was issued {facts.Now - issuedAt} s ago and is valid for {expiresAt - issuedAt} s: request it right before the exchange, not when the job is queued."
            )
            : null;
}
