using System.Buffers;
using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Refusals;
using Culvert.Jose.Signatures;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Keys;

public sealed class VerificationKeyTests
{
    [Theory]
    [InlineData("RSA")]
    [InlineData("EC")]
    public void Verify_FirstUseOnManyThreads_Succeeds(string type)
    {
        using var rsa = TestKeys.Rsa();
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var isRsa = type == "RSA";
        var jws = Parse(
            isRsa
                ? TokenForge.Rsa(rsa, "RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, "{}")
                : TokenForge.Ec(ec, "ES256", HashAlgorithmName.SHA256, "{}")
        );
        for (var round = 0; round < 20; round++)
        {
            var key = Signatures.CompactJwsTests.KeyOf(isRsa ? TokenForge.KeySet(rsa) : TokenForge.KeySet(ec));
            var results = new JoseRefusal[8];

            Parallel.For(0, results.Length, i => results[i] = jws.Verify(key, JwsAlgorithms.All));

            results.ShouldAllBe(refusal => refusal == JoseRefusal.None);
        }
    }

    [Fact]
    public void Verify_OneRsaKeyWithSeveralAlgorithms_KeepsThemApart()
    {
        using var rsa = TestKeys.Rsa();
        var key = Signatures.CompactJwsTests.KeyOf(TokenForge.KeySet(rsa));
        var pkcs1 = TokenForge.Rsa(rsa, "RS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, "{}");
        var pss = TokenForge.Rsa(rsa, "PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pss, "{}");
        var swapped = TokenForge.Rsa(rsa, "PS256", HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, "{}");

        Parse(pkcs1).Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
        Parse(pss).Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
        Parse(swapped).Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.SignatureInvalid);
        Parse(pkcs1).Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void Verify_TokenInTheMiddleOfABuffer_Succeeds()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = TokenForge.Ec(ec, "ES256", HashAlgorithmName.SHA256, "{}");
        var key = Signatures.CompactJwsTests.KeyOf(TokenForge.KeySet(ec));
        byte[] buffer = [1, 2, 3, .. token, 4, 5];

        Parse(buffer.AsMemory(3, token.Length)).Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
    }

    [Fact]
    public void Verify_TokenInMemoryThatIsNoArray_Succeeds()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = Signatures.CompactJwsTests.KeyOf(TokenForge.KeySet(ec));
        using var memory = new ForeignMemory(TokenForge.Ec(ec, "ES256", HashAlgorithmName.SHA256, "{}"));

        Parse(memory.Memory).Verify(key, JwsAlgorithms.All).ShouldBe(JoseRefusal.None);
    }

    private static CompactJws Parse(ReadOnlyMemory<byte> token)
    {
        CompactJws.TryParse(token, out var jws).ShouldBe(JoseRefusal.None);
        return jws!;
    }

    /// <summary>Memory of which no array can be had.</summary>
    private sealed class ForeignMemory(byte[] bytes) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => bytes;

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing) { }
    }
}
