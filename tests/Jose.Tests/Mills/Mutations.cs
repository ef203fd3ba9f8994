using System.Buffers.Text;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tests.Mills;

/// <summary>
/// One error or oddity each, named as in the table of disagreements. Errors of header and claims are signed, so that
/// only a strict reader refuses them.
/// </summary>
internal static class Mutations
{
    private static readonly string[] OtherAlgorithms =
    [
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "ES256K",
        "EdDSA",
        "HS256",
        "none",
        "None",
        "",
        "rs256",
        " RS256",
    ];

    public static IReadOnlyList<(string Name, Action<Draft> Apply)> All { get; } =
    [.. OfHeaders(), .. OfClaims(), .. OfEncodings(), .. OfSignatures(), .. OfKeys(), .. OfKeySets(), .. OfBytes()];

    private static IEnumerable<(string, Action<Draft>)> OfHeaders() =>
        [
            ("header-alg-other", d => d.Header[0] = $"\"alg\":\"{Pick(d, OtherAlgorithms)}\""),
            ("header-alg-missing", d => d.Header.RemoveAt(0)),
            ("header-alg-number", d => d.Header[0] = "\"alg\":256"),
            ("header-alg-escaped", d => d.Header[0] = $"\"al\\u0067\":\"{d.Algorithm}\""),
            ("header-alg-twice", d => d.Header.Add(d.Header[0])),
            ("header-alg-none-first", d => d.Header.Insert(0, "\"alg\":\"none\"")),
            ("header-kid-missing", d => d.Header.RemoveAt(2)),
            ("header-kid-unknown", d => d.Header[2] = "\"kid\":\"nobody\""),
            ("header-kid-upper-case", d => d.Header[2] = $"\"kid\":\"{d.Key.KeyId.ToUpperInvariant()}\""),
            ("header-kid-number", d => d.Header[2] = "\"kid\":1"),
            ("header-kid-null", d => d.Header[2] = "\"kid\":null"),
            ("header-kid-empty", d => d.Header[2] = "\"kid\":\"\""),
            ("header-kid-path", d => d.Header[2] = "\"kid\":\"../../dev/null\\u0000\""),
            ("header-kid-long", d => d.Header[2] = $"\"kid\":\"{new string('k', 257)}\""),
            ("header-kid-escaped", d => d.Header[2] = $"\"\\u006bid\":\"{d.Key.KeyId.Replace("-", "\\u002d")}\""),
            ("header-typ-other", d => d.Header[1] = "\"typ\":\"secevent+jwt\""),
            ("header-typ-number", d => d.Header[1] = "\"typ\":1"),
            ("header-crit-unknown", d => d.Header.Add("\"crit\":[\"exp\"],\"exp\":1")),
            ("header-crit-empty", d => d.Header.Add("\"crit\":[]")),
            ("header-crit-string", d => d.Header.Add("\"crit\":\"alg\"")),
            ("header-crit-b64", d => d.Header.Add("\"crit\":[\"b64\"],\"b64\":true")),
            ("header-b64-false", d => d.Header.Add("\"b64\":false")),
            ("header-b64-true", d => d.Header.Add("\"b64\":true")),
            ("header-zip", d => d.Header.Add("\"zip\":\"DEF\"")),
            ("header-jku", d => d.Header.Add("\"jku\":\"https://attacker.example/keys\"")),
            ("header-x5u", d => d.Header.Add("\"x5u\":\"https://attacker.example/chain\"")),
            ("header-jwk", d => d.Header.Add($"\"jwk\":{d.Keys[0]}")),
            ("header-x5c", d => d.Header.Add("\"x5c\":[\"AAAA\"]")),
            ("header-cty-jwt", d => d.Header.Add("\"cty\":\"JWT\"")),
            ("header-enc", d => d.Header.Add("\"enc\":\"A256GCM\"")),
            ("header-epk", d => d.Header.Add("\"epk\":{}")),
            ("header-proto", d => d.Header.Add("\"__proto__\":{\"alg\":\"none\"}")),
            ("header-unknown-member", d => d.Header.Add("\"x5t\":\"AAAA\",\"custom\":{\"a\":[1]}")),
            ("header-not-object", d => d.HeaderBytes = "[]"u8.ToArray()),
            ("header-white-space", d => d.Header[0] = $" \r\n\t{d.Header[0]} "),
            ("header-trailing-text", d => d.HeaderBytes = Encoding.UTF8.GetBytes($"{{{string.Join(',', d.Header)}}}x")),
            (
                "header-byte-order-mark",
                d => d.HeaderBytes = Encoding.UTF8.GetBytes($"\ufeff{{{string.Join(',', d.Header)}}}")
            ),
            (
                "header-invalid-utf8",
                d =>
                    d.HeaderBytes = [
                        .. Encoding.UTF8.GetBytes($"{{{string.Join(',', d.Header)},\"x\":\""),
                        0xFF,
                        .. "\"}"u8,
                    ]
            ),
            ("header-lone-surrogate", d => d.Header.Add("\"x\":\"\\ud800\"")),
            ("header-too-deep", d => d.Header.Add($"\"x\":{Nested(JoseLimits.MaxDepth)}")),
            ("header-too-large", d => d.Header.Add($"\"x\":\"{new string('x', JoseLimits.MaxTokenBytes)}\"")),
        ];

    private static IEnumerable<(string, Action<Draft>)> OfClaims() =>
        [
            ("claims-array", d => d.Claims = "[]"u8.ToArray()),
            ("claims-null", d => d.Claims = "null"u8.ToArray()),
            ("claims-string", d => d.Claims = "\"x\""u8.ToArray()),
            ("claims-empty", d => d.Claims = []),
            ("claims-trailing-text", d => d.Claims = [.. d.Claims, .. "x"u8]),
            ("claims-trailing-nul", d => d.Claims = [.. d.Claims, 0]),
            ("claims-trailing-object", d => d.Claims = [.. d.Claims, .. "{}"u8]),
            ("claims-byte-order-mark", d => d.Claims = [0xEF, 0xBB, 0xBF, .. d.Claims]),
            ("claims-utf-16", d => d.Claims = Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(d.Claims))),
            ("claims-duplicate", d => Append(d, "\"iss\":\"https://attacker.example\"")),
            ("claims-duplicate-escaped", d => Append(d, "\"is\\u0073\":\"https://attacker.example\"")),
            ("claims-duplicate-nested", d => Append(d, "\"nested\":{\"a\":1,\"a\":2}")),
            ("claims-proto", d => Append(d, "\"__proto__\":{\"iss\":\"x\"}")),
            ("claims-comment", d => Append(d, "/* x */\"x\":1")),
            ("claims-trailing-comma", d => Append(d, "\"x\":1,")),
            ("claims-single-quotes", d => Append(d, "'x':1")),
            ("claims-unquoted-name", d => Append(d, "x:1")),
            ("claims-nan", d => Append(d, "\"x\":NaN")),
            ("claims-leading-zero", d => Append(d, "\"x\":01")),
            ("claims-plus", d => Append(d, "\"x\":+1")),
            ("claims-huge-number", d => Append(d, "\"x\":1e400")),
            ("claims-bad-escape", d => Append(d, "\"x\":\"\\x41\"")),
            ("claims-control-character", d => Append(d, "\"x\":\"\n\"")),
            ("claims-lone-surrogate", d => Append(d, "\"x\":\"\\ud800\"")),
            ("claims-lone-surrogate-name", d => Append(d, "\"\\udc00\":1")),
            ("claims-surrogate-pair", d => Append(d, "\"x\":\"\\ud83d\\ude00\"")),
            ("claims-invalid-utf8", d => d.Claims = [.. d.Claims[..^1], .. ",\"x\":\""u8, 0xC0, 0x80, .. "\"}"u8]),
            ("claims-too-deep", d => Append(d, $"\"x\":{Nested(JoseLimits.MaxDepth)}")),
            ("claims-deep-bomb", d => Append(d, $"\"x\":{Nested(2000)}")),
            (
                "claims-many-members",
                d => Append(d, string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"m{i}\":1")))
            ),
            ("claims-too-large", d => Append(d, $"\"x\":\"{new string('x', JoseLimits.MaxTokenBytes)}\"")),
        ];

    private static IEnumerable<(string, Action<Draft>)> OfEncodings() =>
        [
            ("encoding-padded", d => d.Compact = t => t + "="),
            ("encoding-header-padded", d => d.Compact = t => t.Insert(t.IndexOf('.'), "=")),
            (
                "encoding-standard-alphabet",
                d =>
                    d.Compact = t =>
                        t.Replace('-', '+').Replace('_', '/') + (t.AsSpan().IndexOfAny("-_") < 0 ? "+" : "")
            ),
            ("encoding-leading-space", d => d.Compact = t => " " + t),
            ("encoding-trailing-newline", d => d.Compact = t => t + "\n"),
            (
                "encoding-inner-white-space",
                d => d.Compact = t => t.Insert(t.IndexOf('.') + 5, Pick(d, [" ", "\t", "\r\n"]))
            ),
            ("encoding-bits-left-over", d => d.Compact = LeaveBitsOver),
            ("encoding-one-character-more", d => d.Compact = t => t + "A"),
            ("encoding-nul", d => d.Compact = t => t.Insert(t.IndexOf('.') + 5, "\0")),
            ("encoding-not-ascii", d => d.Compact = t => t.Insert(t.IndexOf('.') + 5, "\u00e9")),
            ("segments-two", d => d.Compact = t => t[..t.LastIndexOf('.')]),
            ("segments-no-signature", d => d.Compact = t => t[..(t.LastIndexOf('.') + 1)]),
            ("segments-detached", d => d.Compact = t => t[..(t.IndexOf('.') + 1)] + t[t.LastIndexOf('.')..]),
            ("segments-four", d => d.Compact = t => t + ".AAAA"),
            ("segments-five", d => d.Compact = t => t + ".AAAA.AAAA"),
            ("segments-many", d => d.Compact = t => t + new string('.', 5000)),
            ("segments-leading-dot", d => d.Compact = t => "." + t),
            ("serialization-json", d => d.Compact = FlattenedJson),
            ("token-empty", d => d.Compact = _ => ""),
        ];

    private static IEnumerable<(string, Action<Draft>)> OfSignatures() =>
        [
            ("signature-bit", d => d.Signature = s => FlipBit(d, s)),
            ("signature-zeros", d => d.Signature = s => new byte[s.Length]),
            ("signature-ones", d => d.Signature = s => [.. Enumerable.Repeat((byte)0xFF, s.Length)]),
            ("signature-shorter", d => d.Signature = s => s[..^1]),
            ("signature-longer", d => d.Signature = s => [0, .. s]),
            ("signature-trailing-zero", d => d.Signature = s => [.. s, 0]),
            ("signature-halves-swapped", d => d.Signature = s => [.. s[(s.Length / 2)..], .. s[..(s.Length / 2)]]),
            ("signature-der", d => d.Signature = _ => d.Key.SignDer([1])),
            ("signature-other-algorithm", d => d.Algorithm = Pick(d, ["RS384", "PS512", "ES384", "ES512", "PS256"])),
            ("signature-of-other-input", d => d.Signature = _ => d.Key.Sign(d.Algorithm, [1])),
            ("claims-bit", d => d.Compact = t => FlipSegmentBit(d, t)),
        ];

    private static IEnumerable<(string, Action<Draft>)> OfKeys() =>
        [
            ("key-use-sig", d => Add(d, "\"use\":\"sig\"")),
            ("key-use-enc", d => Add(d, "\"use\":\"enc\"")),
            ("key-use-number", d => Add(d, "\"use\":1")),
            ("key-ops-verify", d => Add(d, "\"key_ops\":[\"verify\"]")),
            ("key-ops-encrypt", d => Add(d, "\"key_ops\":[\"encrypt\"]")),
            ("key-ops-empty", d => Add(d, "\"key_ops\":[]")),
            ("key-ops-string", d => Add(d, "\"key_ops\":\"verify\"")),
            ("key-alg-same", d => Add(d, $"\"alg\":\"{d.Algorithm}\"")),
            ("key-alg-other", d => Add(d, $"\"alg\":\"{Pick(d, [.. OtherAlgorithms.Where(a => a != d.Algorithm)])}\"")),
            ("key-alg-number", d => Add(d, "\"alg\":256")),
            ("key-unknown-member", d => Add(d, "\"x5t#S256\":\"AAAA\",\"custom\":[{}]")),
            ("key-ext", d => Add(d, "\"ext\":true")),
            ("key-private-member", d => Add(d, "\"d\":\"AAAA\"")),
            ("key-kid-missing", d => d.Keys[0] = d.Keys[0].Replace($"\"kid\":\"{d.Key.KeyId}\",", "")),
            ("key-kid-number", d => d.Keys[0] = d.Keys[0].Replace($"\"{d.Key.KeyId}\"", "1")),
            ("key-member-twice", d => Add(d, "\"kty\":\"RSA\"")),
            ("key-exponent-3", d => d.Keys[0] = d.Keys[0].Replace("\"AQAB\"", "\"Aw\"")),
            ("key-exponent-padded", d => d.Keys[0] = d.Keys[0].Replace("\"AQAB\"", "\"AAEAAQ\"")),
            ("key-padding-character", d => d.Keys[0] = d.Keys[0].Replace("\"}", "=\"}")),
            ("key-leading-zero", d => d.Keys[0] = LeadingZero(d.Keys[0])),
            (
                "key-off-curve",
                d =>
                    d.Keys[0] = d.Keys[0]
                        .Replace("\"x\":\"", "\"x\":\"AAAA")
                        .Replace("AAAA" + CoordinateStart(d.Keys[0]), "AAAA")
            ),
            (
                "key-type-lower-case",
                d =>
                    d.Keys[0] = d.Keys[0]
                        .Replace("\"kty\":\"RSA\"", "\"kty\":\"rsa\"")
                        .Replace("\"kty\":\"EC\"", "\"kty\":\"ec\"")
            ),
            (
                "key-coordinate-missing",
                d => d.Keys[0] = d.Keys[0].Replace("\"y\":", "\"z\":").Replace("\"n\":", "\"m\":")
            ),
        ];

    private static IEnumerable<(string, Action<Draft>)> OfKeySets() =>
        [
            ("set-same-key-twice", d => d.Keys.Add(d.Keys[0])),
            ("set-other-key-same-kid", d => d.Keys.Add(RandomEc(d.Key.KeyId))),
            ("set-same-kid-for-encryption", d => d.Keys.Add(RandomEc(d.Key.KeyId).Replace("{", "{\"use\":\"enc\","))),
            (
                "set-with-symmetric-key",
                d => d.Keys.Add("""{"kty":"oct","kid":"s","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")
            ),
            (
                "set-with-symmetric-same-kid",
                d =>
                    d.Keys.Add(
                        $$"""{"kty":"oct","kid":"{{d.Key.KeyId}}","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"""
                    )
            ),
            (
                "set-with-edwards-key",
                d =>
                    d.Keys.Add(
                        """{"kty":"OKP","crv":"Ed25519","kid":"e","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"""
                    )
            ),
            ("set-with-broken-key", d => d.Keys.Insert(0, "{}")),
            ("set-with-number", d => d.Keys.Add("1")),
            ("set-without-the-key", d => d.Keys.RemoveAt(0)),
            ("set-empty", d => d.Keys.Clear()),
            ("set-101-keys", d => d.Keys.AddRange(Enumerable.Repeat("{}", 101))),
            ("set-unknown-member", d => d.KeySet = s => [.. "{\"a\":[{}],"u8, .. s[1..]]),
            ("set-keys-twice", d => d.KeySet = s => [.. "{\"keys\":[],"u8, .. s[1..]]),
            ("set-array", d => d.KeySet = s => s[8..^1]),
            ("set-trailing-text", d => d.KeySet = s => [.. s, .. "x"u8]),
            ("set-byte-order-mark", d => d.KeySet = s => [0xEF, 0xBB, 0xBF, .. s]),
            ("set-invalid-utf8", d => d.KeySet = s => [.. "{\"a\":\""u8, 0xFF, .. "\","u8, .. s[1..]]),
        ];

    private static IEnumerable<(string, Action<Draft>)> OfBytes() =>
        [
            (
                "bytes-of-token",
                d => d.Compact = t => Encoding.Latin1.GetString(Mangle(d.Random, Encoding.Latin1.GetBytes(t)))
            ),
            (
                "bytes-of-header",
                d => d.HeaderBytes = Mangle(d.Random, Encoding.UTF8.GetBytes($"{{{string.Join(',', d.Header)}}}"))
            ),
            ("bytes-of-claims", d => d.Claims = Mangle(d.Random, d.Claims)),
            ("bytes-of-key-set", d => d.KeySet = s => Mangle(d.Random, s)),
        ];

    /// <summary>Changes, drops, doubles or inserts a few bytes.</summary>
    public static byte[] Mangle(Random random, byte[] bytes)
    {
        var list = bytes.ToList();
        for (var left = random.Next(1, 4); left > 0 && list.Count > 0; left--)
        {
            var at = random.Next(list.Count);
            switch (random.Next(5))
            {
                case 0:
                    list[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    list[at] = (byte)"\"\\{}[]:,.=-_ \n0"[random.Next(15)];
                    break;
                case 2:
                    list.RemoveRange(at, Math.Min(random.Next(1, 8), list.Count - at));
                    break;
                case 3:
                    list.InsertRange(at, list.GetRange(at, Math.Min(random.Next(1, 32), list.Count - at)));
                    break;
                default:
                    list.Insert(at, (byte)random.Next(256));
                    break;
            }
        }

        return [.. list];
    }

    private static string Nested(int levels) => new string('[', levels) + new string(']', levels);

    private static void Append(Draft draft, string member) =>
        draft.Claims = [.. draft.Claims[..^1], .. Encoding.UTF8.GetBytes($",{member}}}")];

    private static void Add(Draft draft, string members) => draft.Keys[0] = $"{{{members},{draft.Keys[0][1..]}";

    private static string RandomEc(string keyId) =>
        ForgedKey.Ec(keyId, System.Security.Cryptography.ECCurve.NamedCurves.nistP256, "ES256").Jwk;

    private static string CoordinateStart(string jwk)
    {
        var at = jwk.IndexOf("\"x\":\"", StringComparison.Ordinal);
        return at < 0 ? "\0" : jwk.Substring(at + 5, 4);
    }

    private static string LeadingZero(string jwk)
    {
        foreach (var member in new[] { "\"n\":\"", "\"y\":\"" })
        {
            var at = jwk.IndexOf(member, StringComparison.Ordinal);
            if (at >= 0)
            {
                var from = at + member.Length;
                var to = jwk.IndexOf('"', from);
                var value = Base64Url.DecodeFromChars(jwk.AsSpan(from, to - from));
                return jwk[..from] + TokenForge.Encode([0, .. value]) + jwk[to..];
            }
        }

        return jwk;
    }

    private static byte[] FlipBit(Draft draft, byte[] bytes)
    {
        var flipped = bytes.ToArray();
        flipped[draft.Random.Next(bytes.Length)] ^= (byte)(1 << draft.Random.Next(8));
        return flipped;
    }

    private static string FlipSegmentBit(Draft draft, string compact)
    {
        var segments = compact.Split('.');
        segments[1] = TokenForge.Encode(FlipBit(draft, Base64Url.DecodeFromChars(segments[1])));
        return string.Join('.', segments);
    }

    private static string LeaveBitsOver(string compact)
    {
        // A last character with bits left over exists unless the signature's length is a multiple of three.
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var length = compact.Length - compact.LastIndexOf('.') - 1;
        return length % 4 == 0 ? compact + "AB" : compact[..^1] + Alphabet[Alphabet.IndexOf(compact[^1]) | 1];
    }

    private static string FlattenedJson(string compact)
    {
        var segments = compact.Split('.');
        return $$"""{"protected":"{{segments[0]}}","payload":"{{segments[1]}}","signature":"{{segments[2]}}"}""";
    }

    private static T Pick<T>(Draft draft, IReadOnlyList<T> from) => from[draft.Random.Next(from.Count)];
}
