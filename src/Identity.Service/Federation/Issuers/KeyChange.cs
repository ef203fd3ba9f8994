using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>How a key set differs from the one before it.</summary>
/// <param name="Added">Keys whose kid was not there.</param>
/// <param name="Removed">Keys whose kid is gone.</param>
/// <param name="Replaced">Keys that took the place of another key under the same kid: rarely meant.</param>
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
            [.. after.Keys.Where(key => Same(old, key) is null)],
            [.. old.Where(key => Same(after.Keys, key) is null)],
            [.. after.Keys.Where(key => Same(old, key) is { } was && was.Thumbprint != key.Thumbprint)]
        );
    }

    // A key without a name is its own name.
    private static VerificationKey? Same(IReadOnlyList<VerificationKey> keys, VerificationKey key) =>
        keys.FirstOrDefault(other =>
            key.KeyId is null ? other.KeyId is null && other.Thumbprint == key.Thumbprint : other.KeyId == key.KeyId
        );
}
