using System.Buffers.Text;
using System.Text;
using Culvert.Jose.Keys;

namespace Culvert.Jose.Signatures;

/// <summary>Signs a compact JWS (RFC 7515 §7.1). A header of many payloads is encoded once.</summary>
public static class CompactSigner
{
    private const int MaxOnStack = 512; // RSA of 4096 bits

    /// <summary>Signs with the algorithm of the key, which <paramref name="header"/>, a JSON object, must name.</summary>
    /// <returns>The compact form, ASCII.</returns>
    public static byte[] Sign(SigningKey key, string header, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Sign(key, EncodeHeader(header), payload);
    }

    internal static byte[] EncodeHeader(string json) =>
        Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)) + ".");

    /// <returns>The compact form, ASCII.</returns>
    internal static byte[] Sign(SigningKey key, ReadOnlySpan<byte> headerAndDot, ReadOnlySpan<byte> payload)
    {
        var token = GC.AllocateUninitializedArray<byte>(GetLength(key, headerAndDot, payload));
        Sign(key, headerAndDot, payload, token);
        return token;
    }

    internal static int GetLength(SigningKey key, ReadOnlySpan<byte> headerAndDot, ReadOnlySpan<byte> payload) =>
        headerAndDot.Length
        + Base64Url.GetEncodedLength(payload.Length)
        + 1
        + Base64Url.GetEncodedLength(key.SignatureBytes);

    /// <summary>Writes the compact form, ASCII, of <see cref="GetLength"/> bytes.</summary>
    internal static void Sign(
        SigningKey key,
        ReadOnlySpan<byte> headerAndDot,
        ReadOnlySpan<byte> payload,
        Span<byte> token
    )
    {
        // header "." payload "." signature, the header's dot included in headerAndDot.
        headerAndDot.CopyTo(token);
        var signedLength = headerAndDot.Length + Base64Url.EncodeToUtf8(payload, token[headerAndDot.Length..]);
        Span<byte> signature =
            key.SignatureBytes <= MaxOnStack ? stackalloc byte[key.SignatureBytes] : new byte[key.SignatureBytes];
        key.Sign(token[..signedLength], signature);
        token[signedLength] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token[(signedLength + 1)..]);
    }
}
