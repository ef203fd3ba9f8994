using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Signatures;

public sealed class CompactJwsTests
{
    public static IEnumerable<TheoryDataRow<string>> Unverified => Vectors.In("unverified");

    [Theory]
    [InlineData("rfc7515-a2-rs256", JwsAlgorithm.RS256)]
    [InlineData("rfc7515-a3-es256", JwsAlgorithm.ES256)]
    [InlineData("rfc7515-a4-es512", JwsAlgorithm.ES512)]
    public void Verify_RfcExample_Succeeds(string name, JwsAlgorithm algorithm)
    {
        var jws = Parse(Vectors.Read("accepted", name + ".jws"));

        jws.Algorithm.ShouldBe(algorithm);
        jws.Verify(OnlyKey("accepted", name + ".jwks.json"), algorithm.AsSet()).ShouldBe(JoseRefusal.None);
    }

    [Theory]
    [MemberData(nameof(Unverified))]
    public void Verify_BrokenSignature_IsRefused(string name)
    {
        var jws = Parse(Vectors.Read("unverified", name));

        jws.Verify(OnlyKey("accepted", "rfc7515-a3-es256.jwks.json"), JwsAlgorithms.All)
            .ShouldBe(Vectors.ExpectedRefusal(name));
    }

    [Theory]
    [InlineData("RS256", "SHA256", false)]
    [InlineData("RS384", "SHA384", false)]
    [InlineData("RS512", "SHA512", false)]
    [InlineData("PS256", "SHA256", true)]
    [InlineData("PS384", "SHA384", true)]
    [InlineData("PS512", "SHA512", true)]
    public void Verify_EveryRsaAlgorithm_Succeeds(string alg, string hash, bool pss)
    {
        using var rsa = TestKeys.Rsa();
        var padding = pss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        var jws = Parse(TokenForge.Rsa(rsa, alg, new HashAlgorithmName(hash), padding, "{}"));

        jws.Verify(KeyOf(TokenForge.KeySet(rsa)), JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
    }

    [Theory]
    [InlineData("ES256", "SHA256", "nistP256")]
    [InlineData("ES384", "SHA384", "nistP384")]
    [InlineData("ES512", "SHA512", "nistP521")]
    public void Verify_EveryEcAlgorithm_Succeeds(string alg, string hash, string curve)
    {
        using var ec = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        var jws = Parse(TokenForge.Ec(ec, alg, new HashAlgorithmName(hash), "{}"));

        jws.Verify(KeyOf(TokenForge.KeySet(ec)), JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
    }

    [Theory]
    [InlineData("RS256", "PS256")]
    [InlineData("PS256", "RS256")]
    [InlineData("RS256", "RS512")]
    public void Verify_KeyNamesOtherAlgorithm_IsRefused(string keyAlg, string tokenAlg)
    {
        using var rsa = TestKeys.Rsa();
        var jws = Parse(TokenForge.Rsa(rsa, tokenAlg, HashAlgorithmName.SHA256, RSASignaturePadding.Pss, "{}"));

        jws.Verify(KeyOf(TokenForge.KeySet(rsa, keyAlg)), JwsAlgorithms.All).ShouldBe(JoseRefusal.AlgorithmKeyMismatch);
    }

    [Fact]
    public void Verify_AlgorithmNotOnCallersList_IsRefused()
    {
        var jws = Parse(Vectors.Read("accepted", "rfc7515-a2-rs256.jws"));

        jws.Verify(OnlyKey("accepted", "rfc7515-a2-rs256.jwks.json"), JwsAlgorithms.ES256)
            .ShouldBe(JoseRefusal.AlgorithmNotAllowed);
    }

    [Theory]
    [InlineData(0, JoseRefusal.SignatureInvalid)]
    [InlineData(20, JoseRefusal.SignatureInvalid)]
    [InlineData(31, JoseRefusal.SignatureInvalid)]
    [InlineData(32, JoseRefusal.None)]
    [InlineData(33, JoseRefusal.SignatureInvalid)]
    public void Verify_PssSalt_MustBeAsLongAsTheHash(int saltBytes, JoseRefusal expected)
    {
        using var rsa = TestKeys.Rsa();
        var jws = Parse(TokenForge.Assemble("""{"alg":"PS256"}""", "{}", data => RawRsa.SignPss(rsa, data, saltBytes)));

        jws.Verify(KeyOf(TokenForge.KeySet(rsa)), JwsAlgorithms.All).ShouldBe(expected);
    }

    [Theory]
    [InlineData("zeros")]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("raw-digest-block")]
    [InlineData("garbage-after-digest")]
    [InlineData("digest-of-other-hash")]
    public void Verify_Pkcs1BlockMalformed_IsRefused(string fault)
    {
        using var rsa = TestKeys.Rsa();
        var jws = Parse(
            TokenForge.Assemble("""{"alg":"RS256"}""", "{}", data => RawRsa.SignMalformedPkcs1(rsa, data, fault))
        );

        jws.Verify(KeyOf(TokenForge.KeySet(rsa)), JwsAlgorithms.All).ShouldBe(JoseRefusal.SignatureInvalid);
    }

    [Fact]
    public void Verify_AnyFlippedBit_IsRefused()
    {
        var token = Vectors.Read("accepted", "rfc7515-a3-es256.jws");
        var key = OnlyKey("accepted", "rfc7515-a3-es256.jwks.json");
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var flipped = token.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            var refusal = CompactJws.TryParse(flipped, out var jws);
            (refusal == JoseRefusal.None ? jws!.Verify(key, JwsAlgorithms.All) : refusal).ShouldNotBe(
                JoseRefusal.None,
                $"bit {bit}"
            );
        }
    }

    [Fact]
    public async Task Verify_SharedKeyOnManyThreads_Succeeds()
    {
        var key = OnlyKey("accepted", "rfc7515-a2-rs256.jwks.json");
        var jws = Parse(Vectors.Read("accepted", "rfc7515-a2-rs256.jws"));

        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(
                        () => Enumerable.Range(0, 50).All(_ => jws.Verify(key, JwsAlgorithms.All) == JoseRefusal.None),
                        TestContext.Current.CancellationToken
                    )
                )
        );

        results.ShouldAllBe(ok => ok);
    }

    [Fact]
    public void TryParse_KeyIdOfLimitLength_Succeeds()
    {
        var keyId = new string('k', JoseLimits.MaxKeyIdLength);
        var token = TokenForge.Assemble($$"""{"alg":"ES256","kid":"{{keyId}}"}""", "{}", _ => new byte[64]);

        Parse(token).KeyId.ShouldBe(keyId);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("' OR 1=1 --")]
    [InlineData("a\\u0000b")]
    [InlineData("\\ud83d\\ude00")]
    public void TryParse_StrangeKeyId_IsOpaque(string escaped)
    {
        var token = TokenForge.Assemble($$"""{"alg":"ES256","kid":"{{escaped}}"}""", "{}", _ => new byte[64]);

        Parse(token).KeyId.ShouldBe(System.Text.Json.JsonSerializer.Deserialize<string>($"\"{escaped}\""));
    }

    [Fact]
    public void TryParse_ThumbprintsOfCertificatesAndUnknownMembers_AreIgnored()
    {
        var token = TokenForge.Assemble(
            """{"alg":"ES256","x5t":"a","x5t#S256":"b","nonce":{"a":[1]}}""",
            "{}",
            _ => new byte[64]
        );

        CompactJws.TryParse(token, out _).ShouldBe(JoseRefusal.None);
    }

    internal static VerificationKey OnlyKey(params string[] path) => Vectors.KeySet(path).Keys.ShouldHaveSingleItem();

    internal static VerificationKey KeyOf(byte[] keySet)
    {
        JwkSet.TryParse(keySet, out var set).ShouldBe(JoseRefusal.None);
        return set!.Keys.ShouldHaveSingleItem();
    }

    private static CompactJws Parse(byte[] token)
    {
        CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
        return jws!;
    }
}
