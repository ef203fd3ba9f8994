using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Keys;

public sealed class JwkSetTests
{
    public static IEnumerable<TheoryDataRow<string>> Dropped => Vectors.In("dropped");

    public static IEnumerable<TheoryDataRow<string>> RefusedSets => Vectors.In("refused-sets");

    [Theory]
    [MemberData(nameof(Dropped))]
    public void TryParse_UnusableKey_IsDroppedWithReason(string name)
    {
        var set = Vectors.KeySet("dropped", name);

        set.Keys.ShouldBeEmpty();
        set.Dropped.ShouldNotBeEmpty();
        set.Dropped.ShouldAllBe(d => d.Reason == Vectors.ExpectedRefusal(name));
    }

    [Theory]
    [MemberData(nameof(RefusedSets))]
    public void TryParse_NoKeySet_IsRefused(string name)
    {
        JwkSet.TryParse(Vectors.Read("refused-sets", name), out var set).ShouldBe(Vectors.ExpectedRefusal(name));
        set.ShouldBeNull();
    }

    [Fact]
    public void TryParse_Rfc7638Example_HasItsThumbprint()
    {
        var key = Vectors.KeySet("accepted", "rfc7638-3.1.jwks.json").Keys.ShouldHaveSingleItem();

        key.Thumbprint.ShouldBe(Encoding.ASCII.GetString(Vectors.Read("accepted", "rfc7638-3.1.thumbprint")));
        key.KeyId.ShouldBe("2011-04-29");
        key.Algorithms.ShouldBe(JwsAlgorithms.RS256);
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(3072)]
    [InlineData(4096)]
    public void TryParse_RsaSizeWithinLimits_IsKept(int bits)
    {
        using var rsa = TestKeys.Rsa(bits);

        Signatures.CompactJwsTests.KeyOf(TokenForge.KeySet(rsa)).Algorithms.ShouldBe(JwsAlgorithms.Rsa);
    }

    [Fact]
    public void TryParse_CertificateInTheKey_DoesNotReplaceModulusAndExponent()
    {
        using var published = TestKeys.Rsa();
        using var other = RSA.Create(2048);
        var request = new CertificateRequest("CN=other", other, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        var json = Encoding
            .ASCII.GetString(TokenForge.KeySet(published))
            .Replace("\"n\"", $"\"x5c\":[\"{Convert.ToBase64String(certificate.RawData)}\"],\"n\"");
        var key = Signatures.CompactJwsTests.KeyOf(Encoding.ASCII.GetBytes(json));

        Verify(published, key).ShouldBe(JoseRefusal.None);
        Verify(other, key).ShouldBe(JoseRefusal.SignatureInvalid);

        static JoseRefusal Verify(RSA signer, VerificationKey key)
        {
            var token = TokenForge.Rsa(signer, "RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, "{}");
            CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
            return jws!.Verify(key, JwsAlgorithms.All);
        }
    }

    [Fact]
    public void TryParse_DocumentAtByteLimit_IsParsed()
    {
        var padded = """{"keys":[]}""".PadRight(JoseLimits.MaxKeySetBytes);

        JwkSet.TryParse(Encoding.ASCII.GetBytes(padded), out _).ShouldBe(JoseRefusal.None);
        JwkSet.TryParse(Encoding.ASCII.GetBytes(padded + " "), out _).ShouldBe(JoseRefusal.KeySetTooLarge);
    }

    [Fact]
    public void TryParse_HundredKeys_IsParsed()
    {
        var keys = string.Join(',', Enumerable.Repeat("{}", JoseLimits.MaxKeys));

        JwkSet.TryParse(Encoding.ASCII.GetBytes($$"""{"keys":[{{keys}}]}"""), out var set).ShouldBe(JoseRefusal.None);
        set!.Dropped.Count.ShouldBe(JoseLimits.MaxKeys);
    }

    [Fact]
    public void Find_KeyId_IsOrdinal()
    {
        using var rsa = TestKeys.Rsa();
        JwkSet.TryParse(TokenForge.KeySet(rsa), out var set);

        set!.Find("k", JwsAlgorithm.RS256, out var key).ShouldBe(JoseRefusal.None);
        key.ShouldNotBeNull();
        set.Find("K", JwsAlgorithm.RS256, out _).ShouldBe(JoseRefusal.KeyUnknown);
        set.Find(null, JwsAlgorithm.RS256, out _).ShouldBe(JoseRefusal.KeyIdMissing);
    }

    [Fact]
    public void TryParse_SameKeyTwice_IsOneKeyForAllThatEitherAllows()
    {
        using var rsa = TestKeys.Rsa();
        var plain = KeyOf(rsa);
        var once = plain.Replace("{", "{\"alg\":\"RS256\",");

        var same = SetOf(plain, plain);
        same.Keys.ShouldHaveSingleItem().KeyId.ShouldBe("k");
        same.Dropped.ShouldBeEmpty();
        var both = SetOf(once, plain.Replace("{", "{\"alg\":\"PS256\","));
        both.Keys.ShouldHaveSingleItem().Algorithms.ShouldBe(JwsAlgorithms.RS256 | JwsAlgorithms.PS256);
        var nameless = plain.Replace("\"kid\":\"k\",", "");
        SetOf(nameless, nameless).FindOnly(out _).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void TryParse_OneNameForTwoUses_KeepsTheKeyForSignatures()
    {
        using var rsa = TestKeys.Rsa();
        using var other = TestKeys.OtherRsa();

        var set = SetOf(KeyOf(other).Replace("{", "{\"use\":\"enc\","), KeyOf(rsa));

        set.Find("k", JwsAlgorithm.RS256, out var key).ShouldBe(JoseRefusal.None);
        key.ShouldBe(set.Keys.ShouldHaveSingleItem());
        set.Dropped.ShouldBe([new DroppedKey(0, "k", JoseRefusal.KeyUse)]);
    }

    // RFC 7517 §4.5
    [Fact]
    public void Find_OneNameForTwoTypes_IsDecidedByTheAlgorithm()
    {
        using var rsa = TestKeys.Rsa();
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var set = SetOf(KeyOf(rsa), KeyOf(ec));

        set.Dropped.ShouldBeEmpty();
        Algorithms(set, JwsAlgorithm.PS512).ShouldBe(JwsAlgorithms.Rsa);
        Algorithms(set, JwsAlgorithm.ES256).ShouldBe(JwsAlgorithms.ES256);
        set.FindOnly(out _).ShouldBe(JoseRefusal.KeyIdMissing);

        static JwsAlgorithms Algorithms(JwkSet set, JwsAlgorithm algorithm)
        {
            set.Find("k", algorithm, out var key).ShouldBe(JoseRefusal.None);
            return key!.Algorithms;
        }
    }

    [Fact]
    public void TryParse_KeyWhosePrivateHalfIsPublished_IsDroppedUnderEveryName()
    {
        using var rsa = TestKeys.Rsa();
        using var other = TestKeys.OtherRsa();
        var leaked = KeyOf(rsa);

        var set = SetOf(
            leaked.Replace("{", "{\"d\":\"AAAA\","),
            leaked,
            leaked.Replace("\"kid\":\"k\"", "\"kid\":\"l\""),
            KeyOf(other).Replace("\"kid\":\"k\"", "\"kid\":\"m\"")
        );

        set.Keys.ShouldHaveSingleItem().KeyId.ShouldBe("m");
        set.Dropped.Select(key => (key.Index, key.Reason))
            .ShouldBe([(0, JoseRefusal.KeyPrivate), (1, JoseRefusal.KeyPrivate), (2, JoseRefusal.KeyPrivate)]);
    }

    [Fact]
    public void FindFailure_NoUsableKey_NamesWhyEachIsLeftOut()
    {
        using var rsa = TestKeys.Rsa();
        var nameless = KeyOf(rsa).Replace("\"kid\":\"k\",", "");

        SetOf(KeyOf(rsa)).FindFailure(allowMissingKid: false).ShouldBeNull();
        SetOf(nameless).FindFailure(allowMissingKid: true).ShouldBeNull();
        SetOf(nameless, """{"kty":"oct","k":"AAAA"}""", "1")
            .FindFailure(allowMissingKid: false)
            .ShouldBe(
                "no usable key with a kid (keys[1]: KeySymmetric, keys[2]: KeyMalformed, "
                    + "the one without a kid needs allow_missing_kid)"
            );
        SetOf().FindFailure(allowMissingKid: true).ShouldBe("no keys");
    }

    [Fact]
    public void FindDropped_Name_GivesTheReason()
    {
        var set = SetOf("""{"kty":"oct","kid":"s","k":"AAAA"}""");

        set.FindDropped("s").ShouldBe(JoseRefusal.KeySymmetric);
        set.FindDropped("t").ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void FindOnly_OneUsableKey_IsFoundDespiteDroppedOnes()
    {
        using var rsa = TestKeys.Rsa();
        var json = Encoding.ASCII.GetString(TokenForge.KeySet(rsa)).Replace("[", "[{\"kty\":\"oct\",\"k\":\"AAAA\"},");
        JwkSet.TryParse(Encoding.ASCII.GetBytes(json), out var set).ShouldBe(JoseRefusal.None);

        set!.FindOnly(out var key).ShouldBe(JoseRefusal.None);
        key.ShouldBe(set.Keys[0]);
    }

    [Fact]
    public void FindOnly_NoneOrSeveral_IsRefused()
    {
        using var rsa = TestKeys.Rsa();
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var first = Encoding.ASCII.GetString(TokenForge.KeySet(rsa))[9..^2];
        var second = Encoding.ASCII.GetString(TokenForge.KeySet(ec))[9..^2].Replace("\"kid\":\"k\"", "\"kid\":\"l\"");
        JwkSet.TryParse("""{"keys":[]}"""u8.ToArray(), out var none);
        JwkSet.TryParse(Encoding.ASCII.GetBytes($$"""{"keys":[{{first}},{{second}}]}"""), out var two);

        none!.FindOnly(out _).ShouldBe(JoseRefusal.KeyIdMissing);
        two!.Keys.Count.ShouldBe(2);
        two.FindOnly(out var key).ShouldBe(JoseRefusal.KeyIdMissing);
        key.ShouldBeNull();
    }

    private static string KeyOf(AsymmetricAlgorithm key) =>
        Encoding.ASCII.GetString(key is RSA rsa ? TokenForge.KeySet(rsa) : TokenForge.KeySet((ECDsa)key))[9..^2];

    private static JwkSet SetOf(params string[] keys)
    {
        JwkSet
            .TryParse(Encoding.ASCII.GetBytes($$"""{"keys":[{{string.Join(',', keys)}}]}"""), out var set)
            .ShouldBe(JoseRefusal.None);
        return set!;
    }
}
