using System.Buffers.Text;
using System.Text;
using Culvert.Jose.Keys;

namespace Culvert.Jose.Signatures;

/// <summary>Signs a payload under a header that was encoded once.</summary>
internal static class CompactSigner
{
    /// <summary>The encoded header with the dot behind it.</summary>
    public static byte[] EncodeHeader(string json) =>
        Encoding.ASCII.GetBytes(Base64Url.EncodeToString(Encoding.ASCII.GetBytes(json)) + ".");

    /// <returns>The compact form, ASCII.</returns>
    public static byte[] Sign(SigningKey key, ReadOnlySpan<byte> headerAndDot, ReadOnlySpan<byte> payload)
    {
        // header "." payload "." signature, the header's dot included in headerAndDot.
        var payloadLength = Base64Url.GetEncodedLength(payload.Length);
        var signatureLength = Base64Url.GetEncodedLength(SigningKey.SignatureBytes);
        var token = GC.AllocateUninitializedArray<byte>(headerAndDot.Length + payloadLength + 1 + signatureLength);
        headerAndDot.CopyTo(token);
        Base64Url.EncodeToUtf8(payload, token.AsSpan(headerAndDot.Length));

        var signedLength = headerAndDot.Length + payloadLength;
        Span<byte> signature = stackalloc byte[SigningKey.SignatureBytes];
        key.Sign(token.AsSpan(0, signedLength), signature);
        token[signedLength] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(signedLength + 1));
        return token;
    }
}
