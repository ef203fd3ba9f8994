using System.Buffers.Text;
using System.Text;
using Culvert.Jose.Keys;

namespace Culvert.Jose.Signatures;

/// <summary>Signs a flattened JSON JWS (RFC 7515 §7.2.2) with only a protected header, as in ACME (RFC 8555 §6.2).</summary>
public static class FlattenedSigner
{
    /// <summary>Signs with the algorithm of the key, which <paramref name="header"/> must name. The payload may be empty.</summary>
    /// <returns>The JSON object, ASCII.</returns>
    public static byte[] Sign(SigningKey key, string header, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Sign(
            header,
            payload,
            input =>
            {
                var signature = new byte[key.SignatureBytes];
                key.Sign(input, signature);
                return signature;
            }
        );
    }

    /// <summary>Signs with the caller's function over the signing input.</summary>
    public static byte[] Sign(string header, ReadOnlySpan<byte> payload, Func<byte[], byte[]> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header));
        var body = Base64Url.EncodeToString(payload);
        var signature = Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{head}.{body}")));

        // Base64url needs no escaping.
        return Encoding.ASCII.GetBytes(
            $$"""{"protected":"{{head}}","payload":"{{body}}","signature":"{{signature}}"}"""
        );
    }
}
