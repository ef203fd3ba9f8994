using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>How a key set differs from the previous one.</summary>
/// <param name="Added">Keys with a new kid.</param>
/// <param name="Removed">Keys whose kid is gone.</param>
/// <param name="Replaced">Keys that replaced another key under the same kid, which is rarely intended.</param>
internal sealed record KeyChange(
    IReadOnlyList<VerificationKey> Added,
    IReadOnlyList<VerificationKey> Removed,
    IReadOnlyList<VerificationKey> Replaced
)
{
    public bool IsEmpty => Added.Count + Removed.Count + Replaced.Count == 0;

    public static KeyChange Between(JwkSet? before, JwkSet after)
    {
        var old = before?.Keys ?? [];
        return new KeyChange(
            [.. after.Keys.Where(key => Counterpart(key, old, after.Keys) is null)],
            [.. old.Where(key => Counterpart(key, after.Keys, old) is null)],
            [
                .. after.Keys.Where(key =>
                    Counterpart(key, old, after.Keys) is { } was && was.Thumbprint != key.Thumbprint
                ),
            ]
        );
    }

    // The same key, otherwise the key of the same name that replaced it: several keys may share a name (RFC 7517 §4.5),
    // and a key without a name is compared alone.
    private static VerificationKey? Counterpart(
        VerificationKey key,
        IReadOnlyList<VerificationKey> others,
        IReadOnlyList<VerificationKey> own
    ) =>
        others.FirstOrDefault(other => IsSame(other, key))
        ?? others.FirstOrDefault(other =>
            key.KeyId is not null && other.KeyId == key.KeyId && !own.Any(kept => IsSame(kept, other))
        );

    private static bool IsSame(VerificationKey one, VerificationKey other) =>
        one.KeyId == other.KeyId && one.Thumbprint == other.Thumbprint;
}
