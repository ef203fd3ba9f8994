using System.Security.Cryptography;
using Culvert.Jose.Algorithms;
using Culvert.Jose.Proofs;
using Culvert.Jose.Refusals;
using Culvert.Testing.Keys;

namespace Culvert.Jose.Tests.Proofs;

public sealed class DpopProofTests : IDisposable
{
    private readonly ProofForge forge = new();

    public void Dispose() => forge.Dispose();

    // RFC 9449 §4.1 figure 2 with the thumbprint that §6.1 gives for its key.
    [Fact]
    public void TryParse_RfcProofForTokenRequest_IsRead()
    {
        var proof = Parse(Vectors.Read("accepted", "rfc9449-4.1-token-request.jws"));

        proof.TokenId.ShouldBe("-BwC3ESc6acc2lTc");
        proof.Method.ShouldBe("POST");
        proof.Uri.ShouldBe("https://server.example.com/token");
        proof.IssuedAt.ShouldBe(1_562_262_616);
        proof.Algorithm.ShouldBe(JwsAlgorithm.ES256);
        proof.Thumbprint.ShouldBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        proof.AccessTokenHash.ShouldBeNull();
        proof.Nonce.ShouldBeNull();
    }

    // RFC 9449 §7.1 figure 12.
    [Fact]
    public void TryParse_RfcProofForProtectedResource_HasTheHashOfItsAccessToken()
    {
        var proof = Parse(Vectors.Read("accepted", "rfc9449-7.1-resource-request.jws"));

        proof.Method.ShouldBe("GET");
        proof.Uri.ShouldBe("https://resource.example.org/protectedresource");
        proof.AccessTokenHash.ShouldBe("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
        proof.AccessTokenHash.ShouldBe(
            DpopProofSigner.AccessTokenHash(Encoding.ASCII.GetString(Vectors.Read("accepted", "rfc9449-7.1.token")))
        );
    }

    [Fact]
    public void TryParse_Nonce_IsRead() =>
        Parse(forge.Make(claims: ProofForge.Claims.Replace("}", ",\"nonce\":\"n-1\"}"))).Nonce.ShouldBe("n-1");

    [Theory]
    [InlineData("PS256")]
    [InlineData("RS256")]
    public void TryParse_RsaKey_IsAccepted(string alg)
    {
        using var rsa = TestKeys.Rsa();
        var p = rsa.ExportParameters(false);
        var jwk = $$"""{"kty":"RSA","n":"{{TokenForge.Encode(p.Modulus)}}","e":"{{TokenForge.Encode(p.Exponent)}}"}""";
        var padding = alg == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;

        Parse(
            TokenForge.Assemble(
                $$"""{"typ":"dpop+jwt","alg":"{{alg}}","jwk":{{jwk}}}""",
                ProofForge.Claims,
                data => rsa.SignData(data, HashAlgorithmName.SHA256, padding)
            )
        )
            .Method.ShouldBe("POST");
    }

    [Theory]
    [InlineData("""{"alg":"ES256","jwk":JWK}""", JoseRefusal.TypeNotAllowed)]
    [InlineData("""{"typ":"JWT","alg":"ES256","jwk":JWK}""", JoseRefusal.TypeNotAllowed)]
    [InlineData("""{"typ":"at+jwt","alg":"ES256","jwk":JWK}""", JoseRefusal.TypeNotAllowed)]
    [InlineData("""{"typ":"dpop+jwt ","alg":"ES256","jwk":JWK}""", JoseRefusal.TypeNotAllowed)]
    [InlineData("""{"typ":1,"alg":"ES256","jwk":JWK}""", JoseRefusal.HeaderMemberType)]
    [InlineData("""{"typ":"dpop+jwt","jwk":JWK}""", JoseRefusal.AlgorithmMissing)]
    [InlineData("""{"typ":"dpop+jwt","alg":"none","jwk":JWK}""", JoseRefusal.AlgorithmUnsupported)]
    [InlineData("""{"typ":"dpop+jwt","alg":"None","jwk":JWK}""", JoseRefusal.AlgorithmUnsupported)]
    [InlineData("""{"typ":"dpop+jwt","alg":"HS256","jwk":JWK}""", JoseRefusal.AlgorithmUnsupported)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES384","jwk":JWK}""", JoseRefusal.AlgorithmKeyMismatch)]
    [InlineData("""{"typ":"dpop+jwt","alg":"RS256","jwk":JWK}""", JoseRefusal.AlgorithmKeyMismatch)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256"}""", JoseRefusal.KeyMissing)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":null}""", JoseRefusal.HeaderMemberType)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":"x"}""", JoseRefusal.HeaderMemberType)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":[JWK]}""", JoseRefusal.HeaderMemberType)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{}}""", JoseRefusal.KeyMalformed)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"oct","k":"AAAA"}}""", JoseRefusal.KeySymmetric)]
    [InlineData(
        """{"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"}}""",
        JoseRefusal.KeyTypeUnsupported
    )]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{"d":"AAAA",BODY}""", JoseRefusal.KeyPrivate)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{"use":"enc",BODY}""", JoseRefusal.KeyUse)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{"key_ops":["sign"],BODY}""", JoseRefusal.KeyUse)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{"alg":"ES384",BODY}""", JoseRefusal.KeyAlgorithm)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":{"\u006bty":"EC",BODY}""", JoseRefusal.DuplicateMember)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"jwk":JWK}""", JoseRefusal.DuplicateMember)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"jw\u006b":JWK}""", JoseRefusal.DuplicateMember)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"kid":"k"}""", JoseRefusal.HeaderMemberUnknown)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"nonce":"n"}""", JoseRefusal.HeaderMemberUnknown)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"x5t":"t"}""", JoseRefusal.HeaderMemberUnknown)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"jku":"https://a"}""", JoseRefusal.KeyInHeader)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"x5c":[]}""", JoseRefusal.KeyInHeader)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"x5u":"https://a"}""", JoseRefusal.KeyInHeader)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"crit":[]}""", JoseRefusal.CriticalHeader)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"crit":["jwk"]}""", JoseRefusal.CriticalHeader)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"b64":true}""", JoseRefusal.UnencodedPayload)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"zip":"DEF"}""", JoseRefusal.CompressedPayload)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,"cty":"JWT"}""", JoseRefusal.NestedToken)]
    [InlineData("""{"typ":"dpop+jwt","alg":"ES256","jwk":JWK,}""", JoseRefusal.JsonMalformed)]
    [InlineData("[]", JoseRefusal.NotAnObject)]
    public void TryParse_HeaderFault_IsRefused(string header, JoseRefusal expected) =>
        ShouldRefuse(forge.Make(header.Replace("JWK", forge.Jwk).Replace("BODY", forge.Jwk[1..])), expected);

    [Theory]
    [InlineData("""{"htm":"POST","htu":"https://a/","iat":1}""", JoseRefusal.ClaimMissing)]
    [InlineData("""{"jti":"j","htu":"https://a/","iat":1}""", JoseRefusal.ClaimMissing)]
    [InlineData("""{"jti":"j","htm":"POST","iat":1}""", JoseRefusal.ClaimMissing)]
    [InlineData("""{"jti":"j","htm":"POST","htu":"https://a/"}""", JoseRefusal.ClaimMissing)]
    [InlineData("{}", JoseRefusal.ClaimMissing)]
    [InlineData("""{"jti":"","htm":"POST","htu":"https://a/","iat":1}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":1,"htm":"POST","htu":"https://a/","iat":1}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","htm":["POST"],"htu":"https://a/","iat":1}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","htm":"POST","htu":null,"iat":1}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","htm":"POST","htu":"https://a/","iat":"1"}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","htm":"POST","htu":"https://a/","iat":-1.5}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","htm":"POST","htu":"https://a/","iat":1,"ath":1}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","htm":"POST","htu":"https://a/","iat":1,"nonce":[]}""", JoseRefusal.ClaimInvalid)]
    [InlineData("""{"jti":"j","jt\u0069":"j","htm":"POST","htu":"https://a/","iat":1}""", JoseRefusal.DuplicateMember)]
    [InlineData("[]", JoseRefusal.NotAnObject)]
    public void TryParse_ClaimFault_IsRefused(string claims, JoseRefusal expected) =>
        ShouldRefuse(forge.Make(claims: claims), expected);

    [Theory]
    [InlineData("1562262616.75")]
    [InlineData("1.56226261675e9")]
    public void TryParse_TimeWithFraction_IsReadAsTheSecondBefore(string iat) =>
        Parse(forge.Make(claims: ProofForge.Claims.Replace("1562262616", iat))).IssuedAt.ShouldBe(1_562_262_616);

    [Theory]
    [InlineData(256, JoseRefusal.None)]
    [InlineData(257, JoseRefusal.ClaimInvalid)]
    public void TryParse_TokenIdAroundLimit_IsBounded(int length, JoseRefusal expected) =>
        DpopProof
            .TryParse(forge.Make(claims: ProofForge.Claims.Replace("-BwC3ESc6acc2lTc", new string('j', length))), out _)
            .ShouldBe(expected);

    [Fact]
    public void TryParse_SignedByOtherKey_IsRefused()
    {
        using var other = new ProofForge();

        ShouldRefuse(
            other.Make($$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{forge.Jwk}}}"""),
            JoseRefusal.SignatureInvalid
        );
    }

    [Fact]
    public void TryParse_PointOffCurve_IsRefused()
    {
        var jwk = forge.Jwk;
        var y = jwk[(jwk.IndexOf("\"y\":\"", StringComparison.Ordinal) + 5)..^2];
        var other = TokenForge.Encode(Enumerable.Repeat((byte)1, 32).ToArray());

        ShouldRefuse(
            forge.Make($$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{jwk.Replace(y, other)}}}"""),
            JoseRefusal.KeyPoint
        );
    }

    [Fact]
    public void TryParse_WeakRsaKey_IsRefused()
    {
        using var rsa = TestKeys.Rsa(1024);
        var p = rsa.ExportParameters(false);
        var jwk = $$"""{"kty":"RSA","n":"{{TokenForge.Encode(p.Modulus)}}","e":"AQAB"}""";

        ShouldRefuse(forge.Make($$"""{"typ":"dpop+jwt","alg":"PS256","jwk":{{jwk}}}"""), JoseRefusal.KeySize);
    }

    [Fact]
    public void TryParse_Oversize_IsRefused()
    {
        ShouldRefuse(new byte[JoseLimits.MaxProofBytes + 1], JoseRefusal.TokenTooLarge);
        ShouldRefuse(
            forge.Make($$"""{"typ":"dpop+jwt","alg":"ES256","jwk":{{forge.Jwk}},"x":"{{new string('x', 4096)}}"}"""),
            JoseRefusal.TokenTooLarge
        );
    }

    [Theory]
    [InlineData("", JoseRefusal.SegmentCount)]
    [InlineData("a.b.c.d.e", JoseRefusal.EncryptedToken)]
    [InlineData("a.b", JoseRefusal.SegmentCount)]
    [InlineData("e30.e30.", JoseRefusal.SegmentEmpty)]
    [InlineData("e30=.e30.AA", JoseRefusal.EncodingNotCanonical)]
    public void TryParse_FormFault_IsRefused(string text, JoseRefusal expected) =>
        ShouldRefuse(Encoding.UTF8.GetBytes(text), expected);

    [Fact]
    public void TryParse_AnyFlippedBit_IsRefused()
    {
        var proof = forge.Make();
        for (var bit = 0; bit < proof.Length * 8; bit++)
        {
            var flipped = proof.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));

            DpopProof.TryParse(flipped, out _).ShouldNotBe(JoseRefusal.None, $"bit {bit}");
        }
    }

    [Theory]
    [InlineData("POST", "https://server.example.com/token", true)]
    [InlineData("POST", "https://SERVER.example.com:443/token?a=b#c", true)]
    [InlineData("POST", "https://server.example.com/x/../token", true)]
    [InlineData("post", "https://server.example.com/token", false)]
    [InlineData("GET", "https://server.example.com/token", false)]
    [InlineData("POST", "https://server.example.com/Token", false)]
    [InlineData("POST", "https://server.example.com/token/", false)]
    [InlineData("POST", "https://server.example.com:8443/token", false)]
    [InlineData("POST", "http://server.example.com/token", false)]
    [InlineData("POST", "https://server.example.com.evil.example/token", false)]
    public void IsFor_Request_ComparesMethodAndNormalisedTarget(string method, string target, bool expected) =>
        Parse(forge.Make()).IsFor(method, new Uri(target)).ShouldBe(expected);

    [Theory]
    [InlineData("/token")]
    [InlineData("not a uri")]
    [InlineData("https://user@server.example.com/token")]
    public void IsFor_ClaimedTargetIsNoPlainUri_IsFalse(string claimed) =>
        Parse(forge.Make(claims: ProofForge.Claims.Replace("https://server.example.com/token", claimed)))
            .IsFor("POST", new Uri("https://server.example.com/token"))
            .ShouldBeFalse();

    private static DpopProof Parse(byte[] compact)
    {
        DpopProof.TryParse(compact, out var proof).ShouldBe(JoseRefusal.None);
        return proof!;
    }

    private static void ShouldRefuse(byte[] compact, JoseRefusal expected)
    {
        DpopProof.TryParse(compact, out var proof).ShouldBe(expected);
        proof.ShouldBeNull();
    }
}
