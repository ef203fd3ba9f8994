using System.Diagnostics;
using Culvert.Ca.Revocation.Ocsp;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Org.BouncyCastle.Asn1;
using Shouldly;
using Xunit;

namespace Culvert.Ca.Tests.Revocation.Ocsp;

public sealed class ParsedOcspRequestTests : IDisposable
{
    private const string Unknown = "1.3.6.1.4.1.99999.1";

    private readonly TestAuthority authority = new();
    private readonly TestAuthority other = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryParse_RequestOfAClient_NamesTheCertificate(bool sha256)
    {
        byte[] serial = RevocationLists.Serial();
        byte[] request = OcspRequests.Write(authority.Certificate, [serial], sha256: sha256);

        OcspCertificateId named = Read(request).Certificates.ShouldHaveSingleItem();

        named.SerialHex.ShouldBe(Convert.ToHexStringLower(serial));
        named.HasIssuer(authority.Issuer).ShouldBeTrue();
        named.HasIssuer(other.Issuer).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_RequestOfOpenssl_IsRead()
    {
        using var folder = new TemporaryFolder();
        string issuer = folder.Write("issuer.pem", authority.Certificate.ToPem());
        string file = Path.Combine(folder.Path, "request.der");
        using var openssl = Process.Start("openssl", ["ocsp", "-issuer", issuer, "-serial", "0x0102", "-reqout", file]);
        openssl.WaitForExit();

        ParsedOcspRequest request = Read(File.ReadAllBytes(file));

        request.Certificates.ShouldHaveSingleItem().SerialHex.ShouldBe("0102");
        request.Certificates[0].HasIssuer(authority.Issuer).ShouldBeTrue();
        request.Nonce.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(ParsedOcspRequest.MaxCertificates, true)]
    [InlineData(ParsedOcspRequest.MaxCertificates + 1, false)]
    [InlineData(0, false)]
    public void TryParse_NumberOfCertificates_IsBounded(int count, bool accepted)
    {
        byte[] request = OcspRequests.Write(
            authority.Certificate,
            Enumerable.Range(0, count).Select(_ => (ReadOnlyMemory<byte>)RevocationLists.Serial())
        );

        (ParsedOcspRequest.TryParse(request) is not null).ShouldBe(accepted);
    }

    // RFC 9654 §2.1.
    [Theory]
    [InlineData(0, false, false)]
    [InlineData(1, true, true)]
    [InlineData(32, true, true)]
    [InlineData(33, true, false)]
    [InlineData(128, true, false)]
    [InlineData(129, false, false)]
    public void TryParse_Nonce_IsRepeatedIgnoredOrRefusedByItsLength(int length, bool accepted, bool repeated)
    {
        byte[] nonce = new byte[length];
        var request = ParsedOcspRequest.TryParse(OcspRequests.Write(authority.Certificate, [Serial], nonce));

        (request is not null).ShouldBe(accepted);
        (request?.Nonce is not null).ShouldBe(repeated);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void TryParse_UnknownExtension_IsRefusedWhenCritical(bool critical, bool accepted)
    {
        byte[] request = OcspRequests.Write(
            authority.Certificate,
            [Serial],
            extensions: OcspRequests.Extension(Unknown, critical, DerNull.Instance)
        );

        (ParsedOcspRequest.TryParse(request) is not null).ShouldBe(accepted);
    }

    [Fact]
    public void TryParse_ParametersOfTheHash_AreNullOrAbsent()
    {
        Parse(DerNull.Instance).ShouldNotBeNull();
        Parse(null).ShouldNotBeNull();
        Parse(new DerOctetString([1, 2, 3])).ShouldBeNull();

        ParsedOcspRequest? Parse(Asn1Encodable? parameters) =>
            ParsedOcspRequest.TryParse(OcspRequests.WriteWithParameters(authority.Certificate, parameters!));
    }

    [Fact]
    public void TryParse_NotDer_IsRefused()
    {
        byte[] der = Good;
        byte[] indefinite = [0x30, 0x80, .. der.AsSpan(2), 0, 0];
        byte[] longLength = [0x30, 0x81, .. der.AsSpan(1)];

        der[1].ShouldBeLessThan((byte)0x80);
        ParsedOcspRequest.TryParse(indefinite).ShouldBeNull();
        ParsedOcspRequest.TryParse(longLength).ShouldBeNull();
        ParsedOcspRequest.TryParse((byte[])[.. der, 0]).ShouldBeNull();
        ParsedOcspRequest.TryParse(der.AsMemory(0, der.Length - 1)).ShouldBeNull();
        ParsedOcspRequest.TryParse(ReadOnlyMemory<byte>.Empty).ShouldBeNull();
    }

    [Theory]
    [InlineData(ParsedOcspRequest.MaxBytes, true)]
    [InlineData(ParsedOcspRequest.MaxBytes + 1, false)]
    public void TryParse_Size_IsBounded(int size, bool accepted)
    {
        byte[] request = OfSize(size);

        request.Length.ShouldBe(size);
        (ParsedOcspRequest.TryParse(request) is not null).ShouldBe(accepted);
    }

    // Each level is a call of the library's parser: the process must not run out of stack.
    [Theory]
    [InlineData(1000, false)]
    [InlineData(1000, true)]
    public void TryParse_DeeplyNested_IsRefused(int depth, bool indefinite) =>
        ParsedOcspRequest.TryParse(OcspRequests.Nested(depth, indefinite)).ShouldBeNull();

    [Fact]
    public void TryParse_AnyBytes_GivesAValueOrNull() =>
        Prop.ForAll<byte[]>(bytes => ParsedOcspRequest.TryParse(bytes) is null or { Certificates.Count: > 0 })
            .CheckSeeded();

    [Fact]
    public void TryParse_OneOctetChanged_GivesAValueOrNull()
    {
        byte[] flips = [0x01, 0x20, 0x80, 0xff];
        byte[] good = OcspRequests.Write(authority.Certificate, [Serial], new byte[16]);
        for (int i = 0; i < good.Length; i++)
        {
            foreach (byte flip in flips)
            {
                byte[] broken = [.. good];
                broken[i] ^= flip;
                (ParsedOcspRequest.TryParse(broken) is null or { Certificates.Count: > 0 }).ShouldBeTrue();
            }
        }
    }

    public void Dispose()
    {
        authority.Dispose();
        other.Dispose();
    }

    private static readonly ReadOnlyMemory<byte> Serial = new byte[] { 1, 2 };

    private byte[] Good => OcspRequests.Write(authority.Certificate, [Serial]);

    private byte[] OfSize(int size)
    {
        // An extension that means nothing fills it up.
        int overhead = Filled(2000).Length - 2000;
        return Filled(size - overhead);
    }

    private byte[] Filled(int octets) =>
        OcspRequests.Write(
            authority.Certificate,
            [Serial],
            extensions: OcspRequests.Extension(Unknown, critical: false, new DerOctetString(new byte[octets]))
        );

    private static ParsedOcspRequest Read(byte[] request) => ParsedOcspRequest.TryParse(request).ShouldNotBeNull();
}
