using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Platform.Wire;

/// <summary>The service's own access tokens that agents must no longer accept, even before they expire (S35).</summary>
/// <param name="Issuer">The tokens' <c>iss</c>: the service's public URL.</param>
/// <param name="Hashes">
/// Permanently revoked tokens and families: for each, the first bytes of SHA-256 over <c>kind:value</c>, ascending,
/// base64url. A hundred thousand take a megabyte.
/// </param>
/// <param name="Until">Revocations up to a time.</param>
public sealed record AgentFeedTokenRevocations(
    string Issuer,
    string Hashes,
    IReadOnlyList<AgentFeedTokenRevocation> Until
)
{
    /// <summary>Bytes per hash in <see cref="Hashes"/>: one in 10^14 valid tokens is mistaken for a revoked one.</summary>
    public const int HashBytes = 8;

    /// <summary>Computes the entry of <see cref="Hashes"/> for a token or family.</summary>
    public static ulong ComputeHash(string kind, string value) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{value}")));

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
