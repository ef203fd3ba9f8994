using System.Buffers.Text;
using System.Text;
using Culvert.Jose.Keys;

namespace Culvert.Jose.Signatures;

/// <summary>Makes a JWS in flattened JSON form (RFC 7515 §7.2.2) with the protected header alone, as ACME has it (RFC 8555 §6.2).</summary>
public static class FlattenedSigner
{
    /// <param name="key">Signs, with ES256.</param>
    /// <param name="header">The protected header, a JSON object that names that algorithm.</param>
    /// <param name="payload">May be empty.</param>
    /// <returns>The JSON object, ASCII.</returns>
    public static byte[] Sign(SigningKey key, string header, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Sign(
            header,
            payload,
            input =>
            {
                var signature = new byte[SigningKey.SignatureBytes];
                key.Sign(input, signature);
                return signature;
            }
        );
    }

    /// <summary>The same with a signature of the caller's making over the signing input.</summary>
    public static byte[] Sign(string header, ReadOnlySpan<byte> payload, Func<byte[], byte[]> sign)
    {
        ArgumentNullException.ThrowIfNull(sign);
        var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header));
        var body = Base64Url.EncodeToString(payload);
        var signature = Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{head}.{body}")));

        // Nothing here needs escaping: base64url alone.
        return Encoding.ASCII.GetBytes(
            $$"""{"protected":"{{head}}","payload":"{{body}}","signature":"{{signature}}"}"""
        );
    }
}
