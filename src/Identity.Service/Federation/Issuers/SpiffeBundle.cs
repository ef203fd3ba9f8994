using System.Buffers;
using System.Text.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Reads a SPIFFE bundle (SPIFFE Trust Domain and Bundle §4.1): a JWK set with a sequence number and a refresh hint.
/// Keys of use <c>jwt-svid</c> are usable here; those of use <c>x509-svid</c> and of unknown use are not.
/// </summary>
internal static class SpiffeBundle
{
    private const string JwtSvid = "jwt-svid";

    /// <summary>The set is null except for <see cref="JoseRefusal.None"/>.</summary>
    public static JoseRefusal TryParse(ReadOnlyMemory<byte> json, out JwkSet? set, out SpiffeBundleInfo info)
    {
        set = null;
        info = default;
        if (json.Length > JoseLimits.MaxKeySetBytes)
        {
            return JoseRefusal.KeySetTooLarge;
        }

        try
        {
            using var document = JsonDocument.Parse(
                json,
                new JsonDocumentOptions { MaxDepth = JoseLimits.MaxDepth, AllowDuplicateProperties = false }
            );
            var root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("keys", out var keys)
                || keys.ValueKind != JsonValueKind.Array
            )
            {
                return JoseRefusal.KeySetMalformed;
            }

            if (keys.GetArrayLength() > JoseLimits.MaxKeys)
            {
                return JoseRefusal.KeySetTooLarge;
            }

            info = new SpiffeBundleInfo(Number(root, "spiffe_sequence"), Number(root, "spiffe_refresh_hint"));
            return JwkSet.TryParse(AsSigningKeys(keys), out set);
        }
        catch (JsonException)
        {
            return JoseRefusal.JsonMalformed;
        }
        catch (InvalidOperationException)
        {
            // A member's text contains half a surrogate pair.
            return JoseRefusal.TextInvalid;
        }
    }

    // The importer of keys knows the uses of RFC 7517: the bundle's own use is translated, everything else is passed
    // unchanged. An x509-svid key thus cannot verify tokens.
    private static ReadOnlyMemory<byte> AsSigningKeys(JsonElement keys)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        foreach (var key in keys.EnumerateArray())
        {
            WriteKey(json, key);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteKey(Utf8JsonWriter json, JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object)
        {
            key.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        // §4.2.2: `use` is required. A key without it, or with RFC 7517's `sig`, is not for JWT-SVIDs.
        json.WriteString("use", ReadUse(key) == JwtSvid ? "sig" : "other");
        foreach (var member in key.EnumerateObject().Where(member => member.Name != "use"))
        {
            member.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private static string? ReadUse(JsonElement key) =>
        key.TryGetProperty("use", out var use) && use.ValueKind == JsonValueKind.String ? use.GetString() : null;

    private static long? Number(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number >= 0
            ? number
            : null;
}
