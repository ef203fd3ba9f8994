using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Access tokens of the service itself that agents must no longer accept, whatever their lifetime says (S35).</summary>
public sealed record AgentFeedTokenRevocations
{
    /// <summary>Bytes of a hash in <see cref="Hashes"/>: a token that is not revoked is mistaken for one in 10^14 of them.</summary>
    public const int HashBytes = 8;

    /// <summary>The tokens' <c>iss</c>: the service's public URL.</summary>
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    /// <summary>
    /// Tokens and families revoked permanently: of each, the first bytes of SHA-256 over <c>kind:value</c>, ascending, one
    /// behind the other, base64url. A hundred thousand of them are a megabyte.
    /// </summary>
    [JsonPropertyName("hashes")]
    public required string Hashes { get; init; }

    /// <summary>What is revoked up to a moment.</summary>
    [JsonPropertyName("until")]
    public required IReadOnlyList<AgentFeedTokenRevocation> Until { get; init; }

    /// <summary>The entry of <see cref="Hashes"/> for one thing.</summary>
    public static ulong ComputeHash(string kind, string value) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{value}")));

    /// <summary>Writes the list.</summary>
    public static string Join(IEnumerable<ulong> hashes)
    {
        var sorted = hashes.Order().ToArray();
        var bytes = new byte[sorted.Length * HashBytes];
        for (var i = 0; i < sorted.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * HashBytes), sorted[i]);
        }

        return Base64Url.EncodeToString(bytes);
    }
}
