using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Federation.Issuers;

internal readonly record struct KeyLookup(VerificationKey? Key, KeyLookupOutcome Outcome)
{
    /// <summary>Why the key of that name in the set is not used, if there is one.</summary>
    public JoseRefusal Dropped { get; init; }

    public static KeyLookup Found(VerificationKey key) => new(key, KeyLookupOutcome.Found);

    public static KeyLookup None(KeyLookupOutcome why) => new(null, why);
}
