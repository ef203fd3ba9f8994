using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Keys;

/// <summary>The usable keys of a JWK set (RFC 7517 §5), and why others were left out. Immutable.</summary>
public sealed class JwkSet
{
    // Most keys that a failure message names.
    private const int MaxNamed = 8;

    private readonly FrozenDictionary<string, VerificationKey[]> byKeyId;
    private readonly VerificationKey? only;

    private JwkSet(IReadOnlyList<VerificationKey> keys, IReadOnlyList<DroppedKey> dropped)
    {
        Keys = keys;
        Dropped = dropped;
        byKeyId = keys.Where(key => key.KeyId is not null)
            .GroupBy(key => key.KeyId!, StringComparer.Ordinal)
            .ToFrozenDictionary(named => named.Key, named => named.ToArray(), StringComparer.Ordinal);
        only = keys.Select(key => key.Thumbprint).Distinct(StringComparer.Ordinal).Count() == 1 ? keys[0] : null;
    }

    /// <summary>Usable keys in the order of the document, with or without a <c>kid</c>. Duplicates are merged.</summary>
    public IReadOnlyList<VerificationKey> Keys { get; }

    /// <summary>Keys left out. A duplicate <c>kid</c> or a private key among them deserves an alert.</summary>
    public IReadOnlyList<DroppedKey> Dropped { get; }

    /// <summary>Parses <c>{"keys":[…]}</c>. Invalid keys are dropped; only what is not a key set is refused.</summary>
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
            // A member's text contains an unpaired surrogate.
            return JoseRefusal.TextInvalid;
        }
    }

    /// <summary>Finds the key that a token names. Keys of one name never share an algorithm (RFC 7517 §4.5).</summary>
    public JoseRefusal Find(string? keyId, JwsAlgorithm algorithm, out VerificationKey? key)
    {
        key = null;
        if (keyId is null)
        {
            return JoseRefusal.KeyIdMissing;
        }

        if (!byKeyId.TryGetValue(keyId, out var named))
        {
            return JoseRefusal.KeyUnknown;
        }

        key = named[0];
        foreach (var other in named)
        {
            key = other.Algorithms.Contains(algorithm) ? other : key;
        }

        return JoseRefusal.None;
    }

    /// <summary>
    /// Finds the key for a token without <c>kid</c>, for issuers that may omit it: the set's only usable key. With several
    /// keys the token is refused, because it must not be able to choose which key is tried.
    /// </summary>
    public JoseRefusal FindOnly(out VerificationKey? key)
    {
        key = only;
        return key is null ? JoseRefusal.KeyIdMissing : JoseRefusal.None;
    }

    /// <summary>Why a key with this <c>kid</c> was left out; <see cref="JoseRefusal.None"/> if none was.</summary>
    public JoseRefusal FindDropped(string keyId) =>
        Dropped.FirstOrDefault(key => key.KeyId == keyId)?.Reason ?? JoseRefusal.None;

    /// <summary>Why this set cannot verify any token, with the reason of each key left out; null if it can.</summary>
    /// <param name="allowMissingKid">Whether the issuer's tokens may lack a <c>kid</c>.</param>
    public string? FindFailure(bool allowMissingKid)
    {
        if (Keys.Any(key => allowMissingKid || key.KeyId is not null))
        {
            return null;
        }

        var reasons = Dropped.Take(MaxNamed).Select(key => $"keys[{key.Index}]: {key.Reason}").ToList();
        if (Dropped.Count > MaxNamed)
        {
            reasons.Add($"{Dropped.Count - MaxNamed} more");
        }

        if (Keys.Count > 0)
        {
            reasons.Add("the one without a kid needs allow_missing_kid");
        }

        return reasons.Count == 0 ? "no keys" : $"no usable key with a kid ({string.Join(", ", reasons)})";
    }

    private static JwkSet Import(JsonElement keys)
    {
        var entries = keys.EnumerateArray().Select(Read).ToList();
        DropPublished(entries);
        MergeEqual(entries);
        DropAmbiguous(entries);
        return new JwkSet(
            [.. entries.Select(entry => entry.Key).OfType<VerificationKey>()],
            [
                .. entries
                    .Where(entry => entry.Refusal != JoseRefusal.None)
                    .Select(entry => new DroppedKey(entry.Index, entry.KeyId, entry.Refusal)),
            ]
        );
    }

    private static Entry Read(JsonElement jwk, int index)
    {
        var keyId = FindKeyId(jwk);
        VerificationKey? key = null;
        var refusal =
            HasInvalidKeyId(jwk, keyId) ? JoseRefusal.KeyIdInvalid
            : jwk.ValueKind != JsonValueKind.Object ? JoseRefusal.KeyMalformed
            : JwkParser.TryParse(jwk, keyId, isUsedNow: false, out key);
        return new Entry
        {
            Index = index,
            KeyId = keyId,
            Material = jwk.ValueKind == JsonValueKind.Object ? JwkParser.FindMaterial(jwk) : null,
            Key = key,
            Refusal = refusal,
        };
    }

    // Any reader of the set can sign with a published private key, so entries that repeat its public half are dropped, too.
    private static void DropPublished(List<Entry> entries)
    {
        var published = entries.Where(entry => entry.Refusal == JoseRefusal.KeyPrivate).ToList();
        foreach (var entry in entries.Where(entry => entry.Key is not null))
        {
            if (
                published.Exists(other =>
                    (entry.KeyId is not null && other.KeyId == entry.KeyId) || other.Material == entry.Material
                )
            )
            {
                entry.Drop(JoseRefusal.KeyPrivate);
            }
        }
    }

    // Duplicates of a key under one name are one key, with the algorithms of all entries.
    private static void MergeEqual(List<Entry> entries)
    {
        foreach (var entry in entries)
        {
            var same = entries.Find(other =>
                other.Index < entry.Index
                && other.KeyId == entry.KeyId
                && other.Key is not null
                && other.Key.Thumbprint == entry.Key?.Thumbprint
            );
            if (same is { Key: { } kept })
            {
                same.Key = kept.With(kept.Algorithms | entry.Key!.Algorithms);
                entry.Key = null;
            }
        }
    }

    // If two keys with one name support the same algorithm, the intended key is ambiguous.
    private static void DropAmbiguous(List<Entry> entries)
    {
        var ambiguous = entries.Where(entry => entries.Exists(other => IsAmbiguous(entry, other))).ToList();
        foreach (var entry in ambiguous)
        {
            entry.Drop(JoseRefusal.KeyIdDuplicate);
        }
    }

    private static bool IsAmbiguous(Entry entry, Entry other) =>
        entry != other
        && entry.KeyId is not null
        && entry.KeyId == other.KeyId
        && entry.Key is { } key
        && other.Key is { } otherKey
        && (key.Algorithms & otherKey.Algorithms) != JwsAlgorithms.Empty;

    private static string? FindKeyId(JsonElement jwk) =>
        jwk.ValueKind == JsonValueKind.Object
        && jwk.TryGetProperty("kid", out var id)
        && id.ValueKind == JsonValueKind.String
        && id.GetString() is { Length: > 0 and <= JoseLimits.MaxKeyIdLength } text
            ? text
            : null;

    private static bool HasInvalidKeyId(JsonElement jwk, string? keyId) =>
        keyId is null && jwk.ValueKind == JsonValueKind.Object && jwk.TryGetProperty("kid", out _);

    /// <summary>A member of <c>keys</c>: a key, or why it is left out; neither if it repeats another entry.</summary>
    private sealed class Entry
    {
        public required int Index { get; init; }

        public required string? KeyId { get; init; }

        /// <summary>The member that identifies the public key, as written.</summary>
        public required string? Material { get; init; }

        public required VerificationKey? Key { get; set; }

        public required JoseRefusal Refusal { get; set; }

        public void Drop(JoseRefusal why) => (Key, Refusal) = (null, why);
    }
}
