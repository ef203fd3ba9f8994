using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Culvert.Jose.Tests.Mills;
using Culvert.Jose.Tokens;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Attacks;

/// <summary>
/// Rows A01 to A16 of the attack catalogue: those that end in this library. Broken files of <c>tests/Vectors/Jose</c>
/// are taken by the refusal in their names; what a whole request makes of them is tested with the service.
/// </summary>
public sealed class AttackTests
{
    private static readonly string[] Algorithms =
    [
        .. Enum.GetNames<JwsAlgorithm>(),
        "ES256K",
        "EdDSA",
        "HS256",
        "HS384",
        "HS512",
        "none",
    ];

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("nonE")]
    [InlineData(" none")]
    [InlineData("none\\u0000")]
    [InlineData("")]
    [Trait("Attack", "A01")]
    public void AlgorithmNone_InAnySpelling_IsRefused(string alg)
    {
        var header = $$"""{"alg":"{{alg}}"}""";

        Parse(TokenForge.Assemble(header, "{}", _ => [1])).ShouldBe(JoseRefusal.AlgorithmUnsupported);
        Parse(Unsigned(header)).ShouldBe(JoseRefusal.SegmentEmpty);
    }

    [Fact]
    [Trait("Attack", "A01")]
    public void SignatureStripped_InAnyWay_IsRefused()
    {
        var good = Encoding.ASCII.GetString(Vectors.Read("accepted", "rfc7515-a3-es256.jws"));
        var stripped = good[..good.LastIndexOf('.')];

        Parse(stripped).ShouldBe(JoseRefusal.SegmentCount);
        Parse(stripped + ".").ShouldBe(JoseRefusal.SegmentEmpty);
        Parse(good + ".").ShouldBe(JoseRefusal.SegmentCount);
        Parse(TokenForge.Assemble("{}", "{}", _ => [1])).ShouldBe(JoseRefusal.AlgorithmMissing);
    }

    [Fact]
    [Trait("Attack", "A02")]
    public void PublicKeyAsHmacSecret_InAnyEncoding_IsRefused()
    {
        foreach (
            var key in new[]
            {
                ForgedKey.Rsa("k", TestKeys.Rsa()),
                ForgedKey.Ec("k", ECCurve.NamedCurves.nistP256, "ES256"),
            }
        )
        {
            foreach (
                var secret in new[]
                {
                    Encoding.ASCII.GetBytes(key.SubjectPublicKeyInfoPem),
                    Encoding.ASCII.GetBytes(key.SubjectPublicKeyInfoPem + "\n"),
                    key.SubjectPublicKeyInfo,
                    Encoding.ASCII.GetBytes(key.Jwk),
                }
            )
            {
                foreach (var alg in new[] { "HS256", "HS384", "HS512" })
                {
                    var token = TokenForge.Assemble(
                        $$"""{"alg":"{{alg}}","kid":"k"}""",
                        "{}",
                        data =>
                            alg switch
                            {
                                "HS256" => HMACSHA256.HashData(secret, data),
                                "HS384" => HMACSHA384.HashData(secret, data),
                                _ => HMACSHA512.HashData(secret, data),
                            }
                    );

                    Verdicts.Of(token, SetOf(key.Jwk)).ShouldBe(JoseRefusal.AlgorithmUnsupported);
                }
            }
        }
    }

    [Fact]
    [Trait("Attack", "A03")]
    public void AlgorithmOfAnotherKeyTypeOrCurve_EveryPair_IsRefused()
    {
        ForgedKey[] keys =
        [
            ForgedKey.Rsa("k", TestKeys.Rsa()),
            ForgedKey.Ec("k", ECCurve.NamedCurves.nistP256, "ES256"),
            ForgedKey.Ec("k", ECCurve.NamedCurves.nistP384, "ES384"),
            ForgedKey.Ec("k", ECCurve.NamedCurves.nistP521, "ES512"),
        ];
        foreach (var key in keys)
        {
            foreach (var alg in Algorithms.Except(key.Algorithms))
            {
                var token = TokenForge.Assemble($$"""{"alg":"{{alg}}","kid":"k"}""", "{}", d => key.Sign("RS256", d));

                Verdicts
                    .Of(token, SetOf(key.Jwk))
                    .ShouldBe(
                        JwsAlgorithmExtensions.TryParse(alg, out _)
                            ? JoseRefusal.AlgorithmKeyMismatch
                            : JoseRefusal.AlgorithmUnsupported,
                        $"{alg} with {key.Algorithms[0]}"
                    );
            }
        }
    }

    [Fact]
    [Trait("Attack", "A03")]
    public void RsaPadding_OtherThanTheHeaderSays_IsRefused()
    {
        var key = ForgedKey.Rsa("k", TestKeys.Rsa());
        foreach (var alg in key.Algorithms)
        {
            foreach (var used in key.Algorithms.Where(a => a != alg))
            {
                var token = TokenForge.Assemble($$"""{"alg":"{{alg}}","kid":"k"}""", "{}", d => key.Sign(used, d));

                Verdicts.Of(token, SetOf(key.Jwk)).ShouldBe(JoseRefusal.SignatureInvalid, $"{used} as {alg}");
            }
        }
    }

    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    [Trait("Attack", "A04")]
    public void KeyInTheHeader_OfTheAttacker_SelectsNothing(string member)
    {
        var good = ForgedKey.Ec("k", ECCurve.NamedCurves.nistP256, "ES256");
        var attacker = ForgedKey.Ec("k", ECCurve.NamedCurves.nistP256, "ES256");
        var value = member switch
        {
            "jwk" => attacker.Jwk,
            "x5c" => "[\"AAAA\"]",
            _ => "\"https://attacker.example/\"",
        };
        var header = $$"""{"alg":"ES256","kid":"k","{{member}}":{{value}}}""";

        VerdictOf(attacker).ShouldBe(JoseRefusal.SignatureInvalid);
        VerdictOf(good).ShouldBe(JoseRefusal.None);

        JoseRefusal VerdictOf(ForgedKey signer) =>
            Verdicts.Of(TokenForge.Assemble(header, "{}", data => signer.Sign("ES256", data)), SetOf(good.Jwk));
    }

    [Fact]
    [Trait("Attack", "A16")]
    public void TokenInsideAToken_IsNoObjectOfClaims()
    {
        var inner = Encoding.ASCII.GetString(Vectors.Read("accepted", "rfc7515-a3-es256.jws"));

        Parse(TokenForge.Assemble("""{"alg":"ES256","cty":"JWT"}""", inner, _ => new byte[64]))
            .ShouldBe(JoseRefusal.JsonMalformed);
        Parse(TokenForge.Assemble("""{"alg":"ES256","cty":"JWT"}""", "{}", _ => new byte[64]))
            .ShouldBe(JoseRefusal.None);
    }

    [Theory]
    [InlineData("\"../../etc/passwd\"", JoseRefusal.KeyUnknown)]
    [InlineData("\"' OR '1'='1\"", JoseRefusal.KeyUnknown)]
    [InlineData("\"k\\u0000\"", JoseRefusal.KeyUnknown)]
    [InlineData("\"K\"", JoseRefusal.KeyUnknown)]
    [InlineData("\"k \"", JoseRefusal.KeyUnknown)]
    [InlineData("\"\\uff4b\"", JoseRefusal.KeyUnknown)]
    [InlineData("\"\"", JoseRefusal.KeyIdInvalid)]
    [InlineData("LONG", JoseRefusal.KeyIdInvalid)]
    [InlineData("1", JoseRefusal.HeaderMemberType)]
    [InlineData("[\"k\"]", JoseRefusal.HeaderMemberType)]
    [InlineData("{\"k\":\"k\"}", JoseRefusal.HeaderMemberType)]
    [InlineData("null", JoseRefusal.HeaderMemberType)]
    [Trait("Attack", "A05")]
    public void KeyId_OfAnyKind_IsOpaqueOrRefused(string json, JoseRefusal expected)
    {
        var key = ForgedKey.Ec("k", ECCurve.NamedCurves.nistP256, "ES256");
        var kid = json.Replace("LONG", $"\"{new string('k', JoseLimits.MaxKeyIdLength + 1)}\"");
        var token = TokenForge.Assemble($$"""{"alg":"ES256","kid":{{kid}}}""", "{}", data => key.Sign("ES256", data));

        Verdicts.Of(token, SetOf(key.Jwk)).ShouldBe(expected);
    }

    [Fact]
    [Trait("Attack", "A05")]
    public void KeyIdMissing_IsRefusedUnlessTheSetHasOneUsableKey()
    {
        var key = ForgedKey.Ec("k", ECCurve.NamedCurves.nistP256, "ES256");
        var other = ForgedKey.Ec("l", ECCurve.NamedCurves.nistP256, "ES256");
        var token = TokenForge.Assemble("""{"alg":"ES256"}""", "{}", data => key.Sign("ES256", data));

        Verdicts.Of(token, SetOf(key.Jwk)).ShouldBe(JoseRefusal.KeyIdMissing);
        SetOf(key.Jwk).FindOnly(out _).ShouldBe(JoseRefusal.None);
        SetOf(key.Jwk, other.Jwk).FindOnly(out _).ShouldBe(JoseRefusal.KeyIdMissing);
    }

    [Fact]
    [Trait("Attack", "A06")]
    public void KeySet_WithConfusingKeys_LeavesOutEachWithItsReason()
    {
        var good = ForgedKey.Ec("good", ECCurve.NamedCurves.nistP256, "ES256");
        var twice = ForgedKey.Ec("twice", ECCurve.NamedCurves.nistP256, "ES256");
        var plain = ForgedKey.Ec("", ECCurve.NamedCurves.nistP256, "ES256").Jwk.Replace("\"kid\":\"\",", "")[1..];
        var set = SetOf(
            good.Jwk,
            twice.Jwk,
            ForgedKey.Ec("twice", ECCurve.NamedCurves.nistP256, "ES256").Jwk,
            """{"kty":"oct","kid":"s","k":"AAAA"}""",
            $$"""{"kid":"enc","use":"enc",{{plain}}""",
            $$"""{"kid":"ops","key_ops":["encrypt"],{{plain}}""",
            $$"""{"kid":"alg","alg":"RS256",{{plain}}""",
            $$"""{"kid":"private","d":"AAAA",{{plain}}"""
        );

        set.Keys.ShouldHaveSingleItem().KeyId.ShouldBe("good");
        set.Dropped.Select(d => (d.Index, d.KeyId, d.Reason))
            .ShouldBe([
                (1, "twice", JoseRefusal.KeyIdDuplicate),
                (2, "twice", JoseRefusal.KeyIdDuplicate),
                (3, "s", JoseRefusal.KeySymmetric),
                (4, "enc", JoseRefusal.KeyUse),
                (5, "ops", JoseRefusal.KeyUse),
                (6, "alg", JoseRefusal.KeyAlgorithm),
                (7, "private", JoseRefusal.KeyPrivate),
            ]);
    }

    [Theory]
    [InlineData("KeySize")]
    [InlineData("KeyExponent")]
    [InlineData("KeyWeak")]
    [InlineData("KeyPoint")]
    [InlineData("KeyTypeUnsupported")]
    [Trait("Attack", "A07")]
    public void WeakKey_OfEachKind_IsDropped(string reason)
    {
        var names = Names("dropped", reason);

        names.ShouldNotBeEmpty();
        foreach (var name in names)
        {
            var set = Vectors.KeySet("dropped", name);
            set.Keys.ShouldBeEmpty(name);
            set.Dropped.ShouldAllBe(d => d.Reason.ToString() == reason, name);
        }
    }

    [Fact]
    [Trait("Attack", "A08")]
    public void EcdsaSignature_WithEdgeValues_IsRefused()
    {
        var key = Vectors.KeySet("accepted", "rfc7515-a3-es256.jwks.json").Keys[0];
        var names = Names("unverified", "SignatureInvalid.es256");

        names.Length.ShouldBeGreaterThan(10);
        foreach (var name in names)
        {
            CompactJws.TryParse(Vectors.Read("unverified", name), out var jws).ShouldBe(JoseRefusal.None, name);
            jws!.Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.SignatureInvalid, name);
        }
    }

    [Theory]
    [InlineData("ES384", 96)]
    [InlineData("ES512", 132)]
    [Trait("Attack", "A08")]
    public void EcdsaSignature_OfZerosOnLargerCurves_IsRefused(string alg, int bytes)
    {
        var curve = alg == "ES384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP521;
        var key = ForgedKey.Ec("k", curve, alg);
        foreach (var length in new[] { 1, bytes - 1, bytes, bytes + 1 })
        {
            var token = TokenForge.Assemble($$"""{"alg":"{{alg}}","kid":"k"}""", "{}", _ => new byte[length]);

            Verdicts.Of(token, SetOf(key.Jwk)).ShouldBe(JoseRefusal.SignatureInvalid);
        }
    }

    [Theory]
    [InlineData("raw-digest-block")]
    [InlineData("garbage-after-digest")]
    [InlineData("digest-of-other-hash")]
    [InlineData("zeros")]
    [InlineData("short")]
    [InlineData("long")]
    [Trait("Attack", "A09")]
    public void RsaSignatureBlock_Malformed_IsRefused(string fault)
    {
        using var rsa = TestKeys.Rsa();
        var token = TokenForge.Assemble(
            """{"alg":"RS256","kid":"k"}""",
            "{}",
            data => Signatures.RawRsa.SignMalformedPkcs1(rsa, data, fault)
        );
        JwkSet.TryParse(TokenForge.KeySet(rsa), out var set);

        Verdicts.Of(token, set!).ShouldBe(JoseRefusal.SignatureInvalid);
    }

    [Theory]
    [InlineData("A10", "CriticalHeader", 5)]
    [InlineData("A10", "UnencodedPayload", 2)]
    [InlineData("A10", "SegmentEmpty.rfc7515-appendix-f-detached", 1)]
    [InlineData("A11", "SegmentCount.rfc7515-a6", 1)]
    [InlineData("A11", "SegmentCount.rfc7515-a7", 1)]
    [InlineData("A12", "DuplicateMember", 6)]
    [InlineData("A12", "MemberNameForbidden", 2)]
    [InlineData("A12", "JsonMalformed", 12)]
    [InlineData("A12", "TextInvalid", 8)]
    [InlineData("A12", "TooDeep", 3)]
    [InlineData("A13", "EncodingNotCanonical", 9)]
    [InlineData("A14", "TokenTooLarge", 1)]
    [InlineData("A14", "SegmentCount.only-dots", 1)]
    [InlineData("A15", "EncryptedToken", 1)]
    [InlineData("A15", "CompressedPayload", 1)]
    [InlineData("A15", "AlgorithmUnsupported.alg-pbes2", 1)]
    [InlineData("A16", "NestedToken", 2)]
    [Trait("Attack", "A10")]
    [Trait("Attack", "A11")]
    [Trait("Attack", "A12")]
    [Trait("Attack", "A13")]
    [Trait("Attack", "A14")]
    [Trait("Attack", "A15")]
    [Trait("Attack", "A16")]
    public void BrokenToken_OfTheRow_IsRefusedForItsOwnFault(string row, string start, int atLeast)
    {
        var names = Names("refused", start);

        names.Length.ShouldBeGreaterThanOrEqualTo(atLeast, row);
        foreach (var name in names)
        {
            Parse(Vectors.Read("refused", name)).ShouldBe(Vectors.ExpectedRefusal(name), $"{row}: {name}");
        }
    }

    [Fact]
    [Trait("Attack", "A13")]
    public void ReplayKey_OfAToken_CannotBeRespelled()
    {
        // Every other spelling of an accepted token is refused, so its signing input names it.
        var token = Encoding.ASCII.GetString(Vectors.Read("accepted", "rfc7515-a2-rs256.jws"));
        var key = Vectors.KeySet("accepted", "rfc7515-a2-rs256.jwks.json").Keys[0];
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ ";
        foreach (var last in Alphabet.Where(c => c != token[^1]))
        {
            var refusal = CompactJws.TryParse(Encoding.ASCII.GetBytes(token[..^1] + last), out var jws);
            (refusal == JoseRefusal.None ? jws!.Verify(key, JwsAlgorithms.All) : refusal).ShouldNotBe(JoseRefusal.None);
        }
    }

    [Fact]
    [Trait("Attack", "A14")]
    public void HugeToken_OfAnyContent_IsRefusedWithoutReadingOrCopyingIt()
    {
        byte[][] huge =
        [
            [.. Enumerable.Repeat((byte)'.', 10_000_000)],
            [.. Enumerable.Repeat((byte)'A', 10_000_000)],
            [.. "eyJ."u8, .. new byte[10_000_000]],
        ];
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var token in huge)
        {
            SignedToken.TryParse(token, out _).ShouldBe(JoseRefusal.TokenTooLarge);
            DpopProof.TryParse(token, out _).ShouldBe(JoseRefusal.TokenTooLarge);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64 * 1024);
    }

    [Fact]
    [Trait("Attack", "A15")]
    public void NoSymmetricOrDecryptingCode_ExistsInTheLibrary()
    {
        // Neither HMAC, AES, PBKDF2 nor decompression is referenced: what is not linked cannot be selected.
        string[] forbidden = ["HMACSHA", "Aes", "Rfc2898", "DeflateStream", "System.IO.Compression", "Decrypt"];
        using var file = new PEReader(File.OpenRead(typeof(SignedToken).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var types = metadata
            .TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")
            .ToList();
        var members = metadata
            .MemberReferences.Select(metadata.GetMemberReference)
            .Select(member => metadata.GetString(member.Name));

        types.ShouldContain("System.Security.Cryptography.ECDsa");
        types.Concat(members).Where(name => Array.Exists(forbidden, name.Contains)).ShouldBeEmpty();
    }

    [Fact]
    [Trait("Attack", "A15")]
    public void IdentityModel_IsUsedForAsymmetricKeysAndSignaturesAlone()
    {
        // Its readers of tokens and key sets, its symmetric keys and its provider factory would accept what is refused here.
        using var file = new PEReader(File.OpenRead(typeof(SignedToken).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var used = metadata
            .TypeReferences.Select(metadata.GetTypeReference)
            .Where(type =>
                metadata.GetString(type.Namespace).StartsWith("Microsoft.IdentityModel", StringComparison.Ordinal)
            )
            .Select(type => metadata.GetString(type.Name));

        used.ShouldBeSubsetOf([
            "AsymmetricSignatureProvider",
            "ECDsaSecurityKey",
            "JsonWebKey",
            "JsonWebKeyConverter",
            "RsaSecurityKey",
            "SecurityKey",
            "SignatureProvider",
        ]);
    }

    private static JoseRefusal Parse(string compact) => Parse(Encoding.ASCII.GetBytes(compact));

    private static JoseRefusal Parse(byte[] compact) => SignedToken.TryParse(compact, out _);

    private static string Unsigned(string header) =>
        $"{TokenForge.Encode(Encoding.ASCII.GetBytes(header))}.{TokenForge.Encode("{}"u8)}.";

    private static JwkSet SetOf(params string[] keys)
    {
        JwkSet
            .TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}"""), out var set)
            .ShouldBe(JoseRefusal.None);
        return set!;
    }

    private static string[] Names(string folder, string start) =>
        [.. Vectors.In(folder).Select(row => row.Data).Where(name => name.StartsWith(start, StringComparison.Ordinal))];
}
