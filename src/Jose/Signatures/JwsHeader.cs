using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Json;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Signatures;

/// <summary>The members of a protected header that we use (RFC 7515 §4.1). Others in a token are ignored (§4).</summary>
internal struct JwsHeader
{
    public JwsAlgorithm Algorithm;
    public string? KeyId;
    public string? Type;

    /// <summary>The position of a proof's <c>jwk</c> in the decoded header.</summary>
    public Range Key;

    private bool hasAlgorithm;

    public static JoseRefusal TryParse(ReadOnlySpan<byte> json, JwsHeaderKind kind, out JwsHeader header)
    {
        header = default;
        Span<JsonMember> table = stackalloc JsonMember[StrictObjectReader.TableSize(json.Length)];
        var refusal = StrictObjectReader.Read(json, table, out var count, out var unescapedNames);
        foreach (ref readonly var member in table[..count])
        {
            if (refusal != JoseRefusal.None)
            {
                return refusal;
            }

            refusal = header.Read(member, json, StrictObjectReader.GetName(member, json, unescapedNames), kind);
        }

        if (refusal == JoseRefusal.None && !header.hasAlgorithm)
        {
            refusal = JoseRefusal.AlgorithmMissing;
        }

        return refusal;
    }

    private JoseRefusal Read(in JsonMember member, ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, JwsHeaderKind kind)
    {
        if (name.SequenceEqual("jwk"u8) && kind == JwsHeaderKind.Proof)
        {
            Key = member.ValueStart..(member.ValueStart + member.ValueLength);
            return member.ValueType == JsonTokenType.StartObject ? JoseRefusal.None : JoseRefusal.HeaderMemberType;
        }

        var isKeyId = name.SequenceEqual("kid"u8) && kind == JwsHeaderKind.Token;
        var isAlgorithm = name.SequenceEqual("alg"u8);
        if (!isAlgorithm && !isKeyId && !name.SequenceEqual("typ"u8))
        {
            var refusal = RefusedMember(name);
            return refusal == JoseRefusal.None && kind == JwsHeaderKind.Proof ? RefusedInProof(name) : refusal;
        }

        if (member.ValueType != JsonTokenType.String)
        {
            return JoseRefusal.HeaderMemberType;
        }

        var value = new JsonText(json.Slice(member.ValueStart, member.ValueLength), member.ValueIsEscaped);
        if (isAlgorithm)
        {
            return ReadAlgorithm(value);
        }

        if (isKeyId)
        {
            KeyId = value.ReadString();
            return KeyId is { Length: >= 1 and <= JoseLimits.MaxKeyIdLength }
                ? JoseRefusal.None
                : JoseRefusal.KeyIdInvalid;
        }

        Type = value.StringEquals("JWT"u8) ? "JWT" : value.ReadString();
        return JoseRefusal.None;
    }

    private JoseRefusal ReadAlgorithm(JsonText value)
    {
        hasAlgorithm = true;
        var found = value.TryGetPlain(out var name)
            ? JwsAlgorithmExtensions.TryParse(name, out Algorithm)
            : JwsAlgorithmExtensions.TryParse(value.ReadString(), out Algorithm);
        return found ? JoseRefusal.None : JoseRefusal.AlgorithmUnsupported;
    }

    private static JoseRefusal RefusedMember(ReadOnlySpan<byte> name) =>
        name switch
        {
            _ when name.SequenceEqual("crit"u8) => JoseRefusal.CriticalHeader,
            _ when name.SequenceEqual("b64"u8) => JoseRefusal.UnencodedPayload,
            _ when name.SequenceEqual("zip"u8) => JoseRefusal.CompressedPayload,
            _ when name.SequenceEqual("enc"u8) || name.SequenceEqual("epk"u8) => JoseRefusal.NestedToken,
            _ => JoseRefusal.None,
        };

    // A token may have these members, which are ignored (RFC 7515 §4): its key is always the one of the registered set that
    // kid names, and a nested token would not be a JSON object.
    private static JoseRefusal RefusedInProof(ReadOnlySpan<byte> name) =>
        name switch
        {
            _ when name.SequenceEqual("jku"u8) || name.SequenceEqual("x5u"u8) || name.SequenceEqual("x5c"u8) =>
                JoseRefusal.KeyInHeader,
            _ when name.SequenceEqual("cty"u8) => JoseRefusal.NestedToken,
            _ => JoseRefusal.HeaderMemberUnknown,
        };
}
