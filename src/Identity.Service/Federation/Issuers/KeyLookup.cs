using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>A key, or why there is none.</summary>
internal readonly record struct KeyLookup(VerificationKey? Key, KeyLookupOutcome Outcome)
{
    public static KeyLookup Found(VerificationKey key) => new(key, KeyLookupOutcome.Found);

    public static KeyLookup None(KeyLookupOutcome why) => new(null, why);
}
