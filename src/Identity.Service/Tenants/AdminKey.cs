using System.Buffers.Text;
using System.Security.Cryptography;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tenants;

/// <summary>An admin key's record. Only the owner has the secret; the service stores its SHA-256.</summary>
internal sealed record AdminKey
{
    /// <summary>Lets secret scanners recognize a leaked key.</summary>
    public const string SecretPrefix = "clv_adm_";

    public required AdminKeyId Id { get; init; }

    public required string OrganizationId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlySet<string> Scopes { get; init; }

    /// <summary>The role's name; null = no role has these scopes.</summary>
    public string? Role { get; init; }

    /// <summary>
    /// As a caller has them. Empty for keys of versions in which a role was only a set of scopes: an upgrade must not widen
    /// a key.
    /// </summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>
    /// The key that it was created with, or for another key of the same person created on the host, that person's first key;
    /// null = the first key of a person (S16).
    /// </summary>
    public string? CreatedBy { get; init; }

    /// <summary>The owner, as known to an identity provider; null = unknown (S34).</summary>
    public KeyOwner? Owner { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>With a precision of one minute; null = never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    private const int SecretBytes = 32;

    // 32 random bytes have 30 different values on average; fewer than this is a placeholder or a pattern.
    private const int LeastDifferentBytes = 20;

    /// <summary>Whether a text has the form of a key and is not obviously a placeholder.</summary>
    public static bool IsSecret(string text)
    {
        Span<byte> random = stackalloc byte[SecretBytes];
        if (
            !text.StartsWith(SecretPrefix, StringComparison.Ordinal)
            || text.Length != SecretPrefix.Length + Base64Url.GetEncodedLength(SecretBytes)
            || !Base64Url.TryDecodeFromChars(text.AsSpan(SecretPrefix.Length), random, out var written)
            || written != SecretBytes
        )
        {
            return false;
        }

        HashSet<byte> different = [.. random];
        CryptographicOperations.ZeroMemory(random);
        return different.Count >= LeastDifferentBytes;
    }

    public static string NewSecret()
    {
        Span<byte> random = stackalloc byte[SecretBytes];
        RandomNumberGenerator.Fill(random);
        return SecretPrefix + Base64Url.EncodeToString(random);
    }
}
