using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Keys;

/// <summary>
/// The usable keys of a JWK set (RFC 7517 §5), imported, with a reason for each one left out. Immutable: a refresh
/// makes a new set and swaps it whole.
/// </summary>
public sealed class JwkSet
{
    private readonly FrozenDictionary<string, VerificationKey> byKeyId;

    private JwkSet(IReadOnlyList<VerificationKey> keys, IReadOnlyList<DroppedKey> dropped)
    {
        Keys = keys;
        Dropped = dropped;
        byKeyId = keys.Where(k => k.KeyId is not null).ToFrozenDictionary(k => k.KeyId!, StringComparer.Ordinal);
    }

    /// <summary>Usable keys in the order of the document, those without a <c>kid</c> included.</summary>
    public IReadOnlyList<VerificationKey> Keys { get; }

    /// <summary>Keys left out. A duplicate <c>kid</c> or a private key among them deserves an alarm.</summary>
    public IReadOnlyList<DroppedKey> Dropped { get; }

    /// <summary>
    /// Parses a document <c>{"keys":[…]}</c>. Single bad keys are dropped; only a document that is not a key set
    /// is refused.
    /// </summary>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> json, out JwkSet? set)
    {
        set = null;
        if (json.Length > JoseLimits.MaxKeySetBytes)
        {
            return JoseRefusal.KeySetTooLarge;
        }

        if (!Utf8.IsValid(json.Span))
        {
            return JoseRefusal.TextInvalid;
        }

        var options = new JsonDocumentOptions { MaxDepth = JoseLimits.MaxDepth, AllowDuplicateProperties = false };
        try
        {
            using var document = JsonDocument.Parse(json, options);
            if (
                document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("keys", out var keys)
                || keys.ValueKind != JsonValueKind.Array
            )
            {
                return JoseRefusal.KeySetMalformed;
            }

            if (keys.GetArrayLength() > JoseLimits.MaxKeys)
            {
                return JoseRefusal.KeySetTooLarge;
            }

            set = Import(keys);
            return JoseRefusal.None;
        }
        catch (JsonException)
        {
            return JoseRefusal.JsonMalformed;
        }
        catch (InvalidOperationException)
        {
            // A member's text names half a surrogate pair.
            return JoseRefusal.TextInvalid;
        }
    }

    /// <summary>Finds the key that a token names.</summary>
    public JoseRefusal Find(string? keyId, out VerificationKey? key)
    {
        key = null;
        if (keyId is null)
        {
            return JoseRefusal.KeyIdMissing;
        }

        return byKeyId.TryGetValue(keyId, out key) ? JoseRefusal.None : JoseRefusal.KeyUnknown;
    }

    /// <summary>
    /// Finds the key for a token that names none, where an issuer is allowed that: the set's one usable key. With
    /// several, or none, it stays refused, because trying keys until one fits is a choice that the token must not have.
    /// </summary>
    public JoseRefusal FindOnly(out VerificationKey? key)
    {
        key = Keys.Count == 1 ? Keys[0] : null;
        return key is null ? JoseRefusal.KeyIdMissing : JoseRefusal.None;
    }

    private static JwkSet Import(JsonElement keys)
    {
        var ids = keys.EnumerateArray().Select(FindKeyId).ToArray();
        // All keys count, usable or not: with a repeated name the intended key is ambiguous.
        var duplicates = ids.Where(id => id is not null)
            .GroupBy(id => id, StringComparer.Ordinal)
            .Where(g => g.Count() > 1)
            .Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);

        var usable = new List<VerificationKey>();
        var dropped = new List<DroppedKey>();
        var index = 0;
        foreach (var jwk in keys.EnumerateArray())
        {
            var keyId = ids[index];
            VerificationKey? key = null;
            var refusal =
                HasInvalidKeyId(jwk, keyId) ? JoseRefusal.KeyIdInvalid
                : duplicates.Contains(keyId) ? JoseRefusal.KeyIdDuplicate
                : jwk.ValueKind != JsonValueKind.Object ? JoseRefusal.KeyMalformed
                : JwkParser.TryParse(jwk, keyId, isUsedNow: false, out key);
            if (refusal == JoseRefusal.None)
            {
                usable.Add(key!);
            }
            else
            {
                dropped.Add(new DroppedKey(index, keyId, refusal));
            }

            index++;
        }

        return new JwkSet(usable, dropped);
    }

    private static string? FindKeyId(JsonElement jwk) =>
        jwk.ValueKind == JsonValueKind.Object
        && jwk.TryGetProperty("kid", out var id)
        && id.ValueKind == JsonValueKind.String
        && id.GetString() is { Length: > 0 and <= JoseLimits.MaxKeyIdLength } text
            ? text
            : null;

    private static bool HasInvalidKeyId(JsonElement jwk, string? keyId) =>
        keyId is null && jwk.ValueKind == JsonValueKind.Object && jwk.TryGetProperty("kid", out _);
}
