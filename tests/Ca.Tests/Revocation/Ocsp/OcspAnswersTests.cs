using System.Security.Cryptography;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Culvert.Ca.Revocation.Ocsp;
using Culvert.Testing;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation.Ocsp;

public sealed class OcspAnswersTests : IDisposable
{
    private static readonly DateTimeOffset Until = TestAuthority.Now.AddHours(1);

    private readonly TestAuthority authority = new();
    private readonly IssuerKey key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sign_EachState_IsWhatAClientReads(bool delegated)
    {
        OcspSigner signer = delegated ? Responder() : OcspSigner.Authority(authority.Issuer, authority.Key);
        var asked = Ask([1, 1], [1, 2], [1, 3], [1, 4]);
        var revokedAt = TestAuthority.Now.AddDays(-3);
        byte[] nonce = RandomNumberGenerator.GetBytes(32);

        BasicOcspResp answer = Read(
            OcspAnswers.Sign(
                [
                    new OcspStatus(asked[0], OcspState.Good),
                    new OcspStatus(asked[1], OcspState.Revoked, revokedAt, RevocationReason.KeyCompromise),
                    new OcspStatus(asked[2], OcspState.Revoked, revokedAt),
                    new OcspStatus(asked[3], OcspState.Unknown),
                ],
                signer,
                TestAuthority.Now,
                Until,
                nonce
            )
        );

        var signerKey = delegated ? key : authority.Key;
        answer.Verify(PublicKeyFactory.CreateKey(signerKey.PublicKey.Encoded.ToArray())).ShouldBeTrue();
        answer.GetCerts().Length.ShouldBe(delegated ? 1 : 0);
        answer.ProducedAt.ShouldBe(TestAuthority.Now.UtcDateTime);
        answer.Responses.ShouldAllBe(one =>
            one.ThisUpdate == TestAuthority.Now.UtcDateTime && one.NextUpdate == Until.UtcDateTime
        );
        answer.Responses.Select(one => one.GetCertID().SerialNumber.IntValue).ShouldBe([0x101, 0x102, 0x103, 0x104]);
        answer.Responses[0].GetCertStatus().ShouldBeNull(); // good
        var revoked = answer.Responses[1].GetCertStatus().ShouldBeOfType<RevokedStatus>();
        revoked.RevocationTime.ShouldBe(revokedAt.UtcDateTime);
        revoked.RevocationReason.ShouldBe((int)RevocationReason.KeyCompromise);
        answer.Responses[2].GetCertStatus().ShouldBeOfType<RevokedStatus>().HasRevocationReason.ShouldBeFalse();
        answer.Responses[3].GetCertStatus().ShouldBeOfType<UnknownStatus>();
        Asn1OctetString
            .GetInstance(answer.ResponseExtensions.GetExtension(OcspObjectIdentifiers.PkixOcspNonce).GetParsedValue())
            .GetOctets()
            .ShouldBe(nonce);
    }

    [Fact]
    public void Sign_WithoutNonce_HasNoExtension() =>
        Read(
            OcspAnswers.Sign([new OcspStatus(Ask([1])[0], OcspState.Good)], Responder(), TestAuthority.Now, Until, null)
        )
            .ResponseExtensions.ShouldBeNull();

    [Theory]
    [InlineData(OcspResult.MalformedRequest, 1)]
    [InlineData(OcspResult.TryLater, 3)]
    [InlineData(OcspResult.Unauthorized, 6)]
    public void Refuse_EachResult_HasItsStatusAndNothingElse(OcspResult result, int status)
    {
        var answer = new OcspResp(OcspAnswers.Refuse(result).ToArray());

        answer.Status.ShouldBe(status);
        answer.GetResponseObject().ShouldBeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sign_KeyThatIsAwayOrSignsSomethingElse_IsUnavailable(bool isAway)
    {
        using IssuerKey broken = IssuerKey.Remote(
            new ScriptedSigner(
                ECDsa.Create(ECCurve.NamedCurves.nistP256),
                hash => isAway ? throw new CryptographicException("The token is gone.") : [.. hash.Reverse()]
            )
        );

        OcspAnswers
            .Sign(
                [new OcspStatus(Ask([1])[0], OcspState.Good)],
                OcspSigner.Authority(authority.Issuer, broken),
                TestAuthority.Now,
                Until,
                null
            )
            .Refusal.ShouldNotBeNull()
            .Code.ShouldBe(CaErrorCodes.SignerUnavailable);
    }

    [Fact]
    public void Delegated_CertificateOfAnotherKey_Throws()
    {
        var certificate = Responder().Certificate!;

        Should.Throw<ArgumentException>(() => OcspSigner.Delegated(certificate, authority.Key));
    }

    public void Dispose()
    {
        authority.Dispose();
        key.Dispose();
    }

    private OcspSigner Responder()
    {
        IssuanceOrder order = TestAuthority.Order(
            authority.Issuer,
            StandardProfiles.OcspResponder(),
            key.PublicKey
        ) with
        {
            Subject = DistinguishedName.FromCommonName("OCSP responder"),
        };
        return OcspSigner.Delegated(TestAuthority.Issue(order, authority.Key).Certificate, key);
    }

    private IReadOnlyList<OcspCertificateId> Ask(params byte[][] serials) =>
        ParsedOcspRequest
            .TryParse(OcspRequests.Write(authority.Certificate, serials.Select(serial => (ReadOnlyMemory<byte>)serial)))
            .ShouldNotBeNull()
            .Certificates;

    private static BasicOcspResp Read(CaResult<byte[]> signed)
    {
        var answer = new OcspResp(signed.Value.ShouldNotBeNull(signed.Refusal?.Message));
        answer.Status.ShouldBe(0);
        return (BasicOcspResp)answer.GetResponseObject();
    }
}
