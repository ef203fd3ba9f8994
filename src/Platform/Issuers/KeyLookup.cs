using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Platform.Issuers;

/// <summary>A key, or why none was found.</summary>
/// <param name="Refusal">
/// If the issuer's set offers no such key: why the set's key of that name is left out, or that the set has no such key.
/// </param>
public readonly record struct KeyLookup(
    VerificationKey? Key,
    KeyLookupOutcome Outcome,
    JoseRefusal Refusal = JoseRefusal.None
)
{
    public static KeyLookup Found(VerificationKey key) => new(key, KeyLookupOutcome.Found);

    public static KeyLookup None(KeyLookupOutcome why, JoseRefusal refusal = JoseRefusal.None) =>
        new(null, why, refusal);
}
