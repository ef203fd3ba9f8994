using System.Buffers.Text;
using System.Security.Cryptography;

namespace Culvert.Identity.Service.Http;

/// <summary>A document as it is sent, with the entity tag of exactly these bytes (RFC 9110 §8.8.3).</summary>
internal sealed class CachedDocument
{
    private const int TagBytes = 16;

    public CachedDocument(ReadOnlyMemory<byte> body)
    {
        Body = body;
        Tag = $"\"{Base64Url.EncodeToString(SHA256.HashData(body.Span).AsSpan(0, TagBytes))}\"";
    }

    public ReadOnlyMemory<byte> Body { get; }

    public string Tag { get; }
}
