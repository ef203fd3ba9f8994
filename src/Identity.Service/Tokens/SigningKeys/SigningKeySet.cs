using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Jose.Keys;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

/// <summary>All signing keys at one moment, prepared for minting, verifying and publishing. Replaced as a whole.</summary>
internal sealed class SigningKeySet
{
    private readonly AccessTokenMinter[] minters;
    private readonly FrozenDictionary<string, VerificationKey> verification;

    /// <param name="keys">In the order in which they sign. Without a key nothing can be signed or verified.</param>
    public SigningKeySet(IReadOnlyList<TokenSigningKey> keys)
    {
        Keys = keys;
        minters = [.. keys.Select(key => new AccessTokenMinter(key.Key))];
        verification = keys.ToFrozenDictionary(
            key => key.KeyId,
            key => key.Key.ToVerificationKey(),
            StringComparer.Ordinal
        );
        Document = new CachedDocument(Render(keys));
    }

    public IReadOnlyList<TokenSigningKey> Keys { get; }

    /// <summary>The published key set (RFC 7517 §5): newest first, including future signing keys.</summary>
    public CachedDocument Document { get; }

    public AccessTokenMinter MinterAt(DateTimeOffset now) => minters[IndexAt(now)];

    public TokenSigningKey SignerAt(DateTimeOffset now) => Keys[IndexAt(now)];

    public VerificationKey? Find(string? keyId) => keyId is null ? null : verification.GetValueOrDefault(keyId);

    private int IndexAt(DateTimeOffset now)
    {
        var index = Keys.Count - 1;
        while (index > 0 && Keys[index].ActiveFrom > now)
        {
            index--;
        }

        return index;
    }

    private static ReadOnlyMemory<byte> Render(IReadOnlyList<TokenSigningKey> keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys.Reverse())
        {
            key.Key.WritePublicJwk(json);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
