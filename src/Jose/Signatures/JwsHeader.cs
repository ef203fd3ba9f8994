using System.Text.Json;
using Culvert.Jose.Json;

namespace Culvert.Jose.Signatures;

/// <summary>What we read of a protected header (RFC 7515 §4.1); other members are ignored as §4 demands.</summary>
internal readonly record struct JwsHeader(JwsAlgorithm Algorithm, string? KeyId, string? Type)
{
    public static JoseRefusal TryParse(ReadOnlySpan<byte> json, out JwsHeader header)
    {
        header = default;
        if (json.Length > JoseLimits.MaxHeaderBytes)
        {
            return JoseRefusal.TokenTooLarge;
        }

        Span<JsonMember> table = stackalloc JsonMember[JoseLimits.MaxMembers];
        var refusal = StrictObjectReader.Read(json, table, out var count, out var unescapedNames);
        if (refusal != JoseRefusal.None)
        {
            return refusal;
        }

        string? algorithm = null;
        string? keyId = null;
        string? type = null;
        foreach (ref readonly var member in table[..count])
        {
            var name = StrictObjectReader.NameOf(member, json, unescapedNames);
            var value = new JsonText(json.Slice(member.ValueStart, member.ValueLength), member.ValueIsEscaped);
            refusal =
                name.SequenceEqual("alg"u8) ? ReadString(member, value, ref algorithm)
                : name.SequenceEqual("kid"u8) ? ReadString(member, value, ref keyId)
                : name.SequenceEqual("typ"u8) ? ReadString(member, value, ref type)
                : RefusedMember(name);
            if (refusal != JoseRefusal.None)
            {
                return refusal;
            }
        }

        if (algorithm is null)
        {
            return JoseRefusal.AlgorithmMissing;
        }

        if (!JwsAlgorithmExtensions.TryParse(algorithm, out var parsed))
        {
            return JoseRefusal.AlgorithmUnsupported;
        }

        if (keyId is { Length: 0 or > JoseLimits.MaxKeyIdLength })
        {
            return JoseRefusal.KeyIdInvalid;
        }

        header = new JwsHeader(parsed, keyId, type);
        return JoseRefusal.None;
    }

    private static JoseRefusal RefusedMember(ReadOnlySpan<byte> name) =>
        name switch
        {
            _ when name.SequenceEqual("crit"u8) => JoseRefusal.CriticalHeader,
            _ when name.SequenceEqual("b64"u8) => JoseRefusal.UnencodedPayload,
            _ when name.SequenceEqual("zip"u8) => JoseRefusal.CompressedPayload,
            _ when IsKeyMember(name) => JoseRefusal.KeyInHeader,
            _ when name.SequenceEqual("cty"u8) || name.SequenceEqual("enc"u8) || name.SequenceEqual("epk"u8) =>
                JoseRefusal.NestedToken,
            _ => JoseRefusal.None,
        };

    // x5t and x5t#S256 only name a certificate; some large issuers always send them, so they are ignored.
    private static bool IsKeyMember(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("jku"u8)
        || name.SequenceEqual("x5u"u8)
        || name.SequenceEqual("jwk"u8)
        || name.SequenceEqual("x5c"u8);

    private static JoseRefusal ReadString(in JsonMember member, JsonText value, ref string? target)
    {
        if (member.ValueType != JsonTokenType.String)
        {
            return JoseRefusal.HeaderMemberType;
        }

        target = value.ReadString();
        return JoseRefusal.None;
    }
}
