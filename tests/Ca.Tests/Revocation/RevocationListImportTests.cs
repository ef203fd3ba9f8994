using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Ca.Certificates;
using Culvert.Ca.Refusals;
using Culvert.Ca.Revocation;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation;

/// <summary>Row 49 of the bad inputs. The enterprise's lists are made by the platform's code, which is not ours.</summary>
public sealed class RevocationListImportTests : IDisposable
{
    private static readonly DateTimeOffset Now = TestAuthority.Now;

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 authority;
    private readonly ParsedCertificate parsed;

    public RevocationListImportTests()
    {
        authority = Authority(key, "CN=Enterprise");
        parsed = ParsedCertificate.TryParse(authority.RawData)!;
    }

    [Fact]
    public void Check_ListOfTheAuthority_IsReadWithItsEntries()
    {
        var builder = new CertificateRevocationListBuilder();
        builder.AddEntry([0x0a, 0x01], Now.AddDays(-1), X509RevocationReason.KeyCompromise);

        var list = Check(Pem(Build(builder))).Value.ShouldNotBeNull();

        list.Entries.ShouldHaveSingleItem().SerialHex.ShouldBe("0a01");
        list.Entries[0].Reason.ShouldBe(RevocationReason.KeyCompromise);
        list.Number.ShouldBe(new BigInteger(5));
    }

    [Fact]
    public void Check_Base64OfDer_IsReadAsWell() => Check(Convert.ToBase64String(Build())).Succeeded.ShouldBeTrue();

    [Fact]
    public void Check_NextUpdatePast_IsExpired()
    {
        Check(Pem(Build(next: Now))).Refusal!.Code.ShouldBe(CaErrorCodes.CrlExpired);
        Check(Pem(Build(next: Now.AddSeconds(1)))).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public void Check_FromTheFuture_IsExpired() =>
        Check(Pem(Build(from: Now.AddSeconds(1)))).Refusal!.Code.ShouldBe(CaErrorCodes.CrlExpired);

    [Fact]
    public void Check_OfAnotherName_IsIssuer()
    {
        using var other = Authority(key, "CN=Somebody else");

        Check(Pem(Build(by: other))).Refusal!.Code.ShouldBe(CaErrorCodes.CrlIssuer);
    }

    [Fact]
    public void Check_OfAnotherKeyOfTheName_IsIssuer()
    {
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = Authority(otherKey, "CN=Enterprise");

        Check(Pem(Build(by: other))).Refusal!.Code.ShouldBe(CaErrorCodes.CrlIssuer);
    }

    [Fact]
    public void Check_DamagedSignature_IsSignatureInvalid()
    {
        var list = Build();
        list[^1] ^= 1;

        Check(Pem(list)).Refusal!.Code.ShouldBe(CaErrorCodes.CrlSignatureInvalid);
    }

    [Theory]
    [InlineData("2.5.29.27", "020101", "crl.delta")]
    [InlineData("2.5.29.28", "30038401ff", "crl.indirect")]
    [InlineData("2.5.29.28", "30038201ff", "crl.nonconformant")]
    [InlineData("2.5.29.28", "300483020780", "crl.nonconformant")]
    [InlineData("1.2.3.4", "0500", "crl.nonconformant")]
    public void Check_ExtensionThatNarrowsTheList_IsNamed(string oid, string value, string code) =>
        Check(Pem(Forge(oid, Convert.FromHexString(value)))).Refusal!.Code.Code.ShouldBe(code);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    [InlineData("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----")]
    public void Check_SomethingElse_IsMalformed(string text) =>
        Check(text).Refusal!.Code.ShouldBe(CaErrorCodes.CrlMalformed);

    [Fact]
    public void Check_PrivateKey_IsDiscarded() =>
        Check("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")
            .Refusal!.Code.ShouldBe(CaErrorCodes.CaSecretInInput);

    [Fact]
    public void Check_LargerThanTheLimit_IsTooLarge() =>
        Check(new string('A', RevocationListImport.MaxBytes * 3 / 2)).Refusal!.Code.ShouldBe(CaErrorCodes.CrlTooLarge);

    public void Dispose()
    {
        key.Dispose();
        authority.Dispose();
    }

    private CaResult<ParsedRevocationList> Check(string text) => RevocationListImport.Check(text, parsed, Now);

    private byte[] Build(
        CertificateRevocationListBuilder? builder = null,
        X509Certificate2? by = null,
        DateTimeOffset? next = null,
        DateTimeOffset? from = null
    ) =>
        (builder ?? new CertificateRevocationListBuilder()).Build(
            by ?? authority,
            5,
            next ?? Now.AddDays(7),
            HashAlgorithmName.SHA256,
            thisUpdate: from ?? Now.AddDays(-1)
        );

    private static string Pem(byte[] der) => PemEncoding.WriteString("X509 CRL", der);

    private static X509Certificate2 Authority(ECDsa key, string name)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
    }

    // The builder writes no such extensions: the test takes an existing list apart and signs it again.
    private byte[] Forge(string oid, byte[] value)
    {
        var tbs = new AsnReader(Build(), AsnEncodingRules.DER).ReadSequence().ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            ReadOnlyMemory<byte> last = default;
            while (tbs.HasData)
            {
                last = tbs.ReadEncodedValue();
                if (tbs.HasData)
                {
                    writer.WriteEncodedValue(last.Span);
                }
            }

            var tag = new Asn1Tag(TagClass.ContextSpecific, 0);
            var extensions = new AsnReader(last, AsnEncodingRules.DER).ReadSequence(tag).ReadSequence();
            using (writer.PushSequence(tag))
            using (writer.PushSequence())
            {
                while (extensions.HasData)
                {
                    writer.WriteEncodedValue(extensions.ReadEncodedValue().Span);
                }

                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(oid);
                    writer.WriteBoolean(true);
                    writer.WriteOctetString(value);
                }
            }
        }

        var content = writer.Encode();
        var list = new AsnWriter(AsnEncodingRules.DER);
        using (list.PushSequence())
        {
            list.WriteEncodedValue(content);
            using (list.PushSequence())
            {
                list.WriteObjectIdentifier("1.2.840.10045.4.3.2");
            }

            list.WriteBitString(key.SignData(content, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        return list.Encode();
    }
}
