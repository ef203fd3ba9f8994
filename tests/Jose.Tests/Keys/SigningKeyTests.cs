using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;

namespace Culvert.Jose.Tests.Keys;

public sealed class SigningKeyTests
{
    [Fact]
    public void WritePublicJwk_GivesUsableKeyWithoutPrivatePart()
    {
        using var key = SigningKey.Create();

        var set = Encoding.UTF8.GetString(KeySetOf(key));
        JwkSet.TryParse(Encoding.UTF8.GetBytes(set), out var parsed).ShouldBe(JoseRefusal.None);

        var only = parsed!.Keys.ShouldHaveSingleItem();
        only.KeyId.ShouldBe(key.KeyId);
        only.Thumbprint.ShouldBe(key.KeyId);
        set.ShouldNotContain("\"d\"");
    }

    [Fact]
    public void ImportPkcs8_OwnExport_IsTheSameKey()
    {
        using var key = SigningKey.Create();
        using var again = SigningKey.ImportPkcs8(key.ExportPkcs8());

        again.KeyId.ShouldBe(key.KeyId);
    }

    [Fact]
    public void ImportPkcs8_OtherCurveOrTrailingBytes_Throws()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var key = SigningKey.Create();

        Should.Throw<CryptographicException>(() => SigningKey.ImportPkcs8(p384.ExportPkcs8PrivateKey()));
        Should.Throw<CryptographicException>(() => SigningKey.ImportPkcs8([.. key.ExportPkcs8(), 0]));
    }

    [Fact]
    public void FromKey_KeyThatOnlySignsHashes_SignsTokens()
    {
        using var key = SigningKey.FromKey(new KeyInToken());

        var token = CompactSigner.Sign(key, """{"alg":"ES256"}""", "{}"u8);

        CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
        jws!.Verify(key.ToVerificationKey(), JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void CreateRsa_StoredAndLoaded_SignsWithRs256AndVerifiesFromThePublishedKey()
    {
        using var made = SigningKey.CreateRsa();
        using var key = SigningKey.ImportRsaPkcs8(made.ExportPkcs8());

        var token = CompactSigner.Sign(key, """{"alg":"RS256"}""", "{}"u8);

        JwkSet.TryParse(KeySetOf(made), out var set).ShouldBe(JoseRefusal.None);
        var published = set!.Keys.ShouldHaveSingleItem();
        published.KeyId.ShouldBe(key.KeyId);
        CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
        jws!.Verify(published, JwsAlgorithms.RS256).ShouldBe(JoseRefusal.None);
        jws.Verify(published, JwsAlgorithms.ES256).ShouldBe(JoseRefusal.AlgorithmNotAllowed);
    }

    [Fact]
    public void ImportRsaPkcs8_ShortKeyOtherKindOrTrailingBytes_Throws()
    {
        using var small = RSA.Create(1024);
        using var ec = SigningKey.Create();
        using var key = SigningKey.CreateRsa();

        Should.Throw<CryptographicException>(() => SigningKey.ImportRsaPkcs8(small.ExportPkcs8PrivateKey()));
        Should.Throw<CryptographicException>(() => SigningKey.ImportRsaPkcs8(ec.ExportPkcs8()));
        Should.Throw<CryptographicException>(() => SigningKey.ImportRsaPkcs8([.. key.ExportPkcs8(), 0]));
        Should.Throw<CryptographicException>(() => SigningKey.ImportPkcs8(key.ExportPkcs8()));
    }

    [Fact]
    public void FromKey_OtherCurve_Throws()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);

        Should.Throw<CryptographicException>(() => SigningKey.FromKey(p384));
    }

    [Fact]
    public void Dispose_ClosesTheKeyButNotTheVerificationKey()
    {
        using var key = SigningKey.Create();
        var token = CompactSigner.Sign(key, """{"alg":"ES256"}""", "{}"u8);
        var verification = key.ToVerificationKey();

        key.Dispose();

        Should.Throw<ObjectDisposedException>(() => CompactSigner.Sign(key, """{"alg":"ES256"}""", "{}"u8));
        CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
        jws!.Verify(verification, JwsAlgorithms.ES256).ShouldBe(JoseRefusal.None);
    }

    internal static byte[] KeySetOf(SigningKey key)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys");
            key.WritePublicJwk(writer);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>As a PKCS#11 token's key is: it signs a hash, and its private half cannot be read.</summary>
    private sealed class KeyInToken : ECDsa
    {
        private readonly ECDsa key = Create(ECCurve.NamedCurves.nistP256);

        public override int KeySize => key.KeySize;

        public override byte[] SignHash(byte[] hash) => key.SignHash(hash);

        public override bool VerifyHash(byte[] hash, byte[] signature) => key.VerifyHash(hash, signature);

        public override ECParameters ExportParameters(bool includePrivateParameters) =>
            includePrivateParameters
                ? throw new CryptographicException("The key never leaves its token.")
                : key.ExportParameters(includePrivateParameters: false);

        protected override void Dispose(bool disposing)
        {
            key.Dispose();
            base.Dispose(disposing);
        }
    }
}
