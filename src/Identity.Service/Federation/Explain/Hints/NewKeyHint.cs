using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>The provider signs with a key that it had not published at the last fetch.</summary>
internal sealed class NewKeyHint : IHint
{
    public string Code => "kid_newer_than_keys";

    public string? Find(HintFacts facts) =>
        facts.Reason == DenialReason.KidUnknown && facts.KeysFetchedAt is { } fetchedAt
            ? $"The keys fetched at {UtcTimeConverter.Format(fetchedAt)} do not include this kid: the provider may sign with a "
                + "key that it has not published yet, or the token is from another provider."
            : null;
}
