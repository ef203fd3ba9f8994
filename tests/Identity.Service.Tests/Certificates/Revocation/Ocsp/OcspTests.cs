using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Ca.Revocation.Ocsp;
using Culvert.Ca.Tests.Revocation.Ocsp;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Dapper;
using Org.BouncyCastle.Ocsp;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation.Ocsp;

public sealed class OcspTests(RevocationBench fixture) : IClassFixture<RevocationBench>
{
    private const string NeverIssued = "01000000000000000000000000000000abcd";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ServiceUnderTest Service => fixture.Bench.Service;

    [Theory]
    [InlineData("-sha1", "-no_nonce")]
    [InlineData("-sha1", "-nonce")]
    [InlineData("-sha256", "-no_nonce")]
    [InlineData("-sha256", "-nonce")]
    public async Task Openssl_IssuedCertificate_IsGood(string hash, string nonce)
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;

        var output = await client.OpensslAsync(certificate.Text("serial"), hash, nonce);

        output.ShouldContain("Response verify OK");
        output.ShouldContain(": good");
        output.ShouldNotContain("Nonce Verify error");
        output.ShouldNotContain("no nonce in response");
    }

    [Fact]
    public async Task Openssl_RevokedCertificate_IsRevokedAndWhy()
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;
        (await client.OpensslAsync(certificate.Text("serial"), "-no_nonce")).ShouldContain(": good");

        await fixture.RevokeAsync(new { serial = certificate.Text("serial"), reason = "keyCompromise" });

        var output = await client.OpensslAsync(certificate.Text("serial"), "-no_nonce");
        output.ShouldContain("Response verify OK");
        output.ShouldContain(": revoked");
        output.ShouldContain("Reason: keyCompromise");
    }

    [Fact]
    public async Task Openssl_SerialThatWasNeverIssued_IsUnknown()
    {
        var (_, client) = await ServeAsync();
        using var __ = client;

        var output = await client.OpensslAsync(NeverIssued, "-no_nonce");

        output.ShouldContain("Response verify OK");
        output.ShouldContain(": unknown");
    }

    [Theory]
    [InlineData("00")]
    [InlineData("ff01")]
    [InlineData("81000000000000000000000000000000abcd")]
    public async Task Ask_SerialThatIsNoneOfOurs_IsUnknown(string serial)
    {
        var (_, client) = await ServeAsync();
        using var __ = client;

        (await client.StateAsync(serial)).ShouldBe("unknown");
    }

    // A void certificate was not signed; a crash may lose the record of a signature, so that it can be revoked.
    [Fact]
    public async Task Ask_CertificateThatWasNeverHandedOut_IsUnknownUntilRevoked()
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;
        var serial = certificate.Text("serial");
        Sql($"UPDATE certificates SET status = 'void' WHERE serial = '{serial}'");

        (await client.StateAsync(serial)).ShouldBe("unknown");
        await fixture.RevokeAsync(new { serial });
        (await client.StateAsync(serial)).ShouldBe("revoked");
    }

    [Fact]
    public async Task Ask_SerialOfAnotherAuthority_IsUnknown()
    {
        var (_, client) = await ServeAsync();
        using var __ = client;
        var platform = PlatformSerial();

        (await client.StateAsync(platform)).ShouldBe("unknown");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Ask_PlatformCertificate_IsAnsweredByThePlatformsResponder()
    {
        var platform = Service.Get<PlatformCa>();
        using var client = new OcspClient(Service, "platform", platform.Issuing.Certificate, platform.Root.ToPem());

        var output = await client.OpensslAsync(PlatformSerial(), "-no_nonce");

        output.ShouldContain("Response verify OK");
        output.ShouldContain(": good");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(ParsedOcspRequest.MaxNonce)]
    public async Task Ask_Nonce_IsRepeatedAndTheAnswerIsNobodyElses(int length)
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;
        var nonce = RandomNumberGenerator.GetBytes(length);

        OcspClient.NonceOf(await client.AskAsync(certificate.Text("serial"), nonce)).ShouldBe(nonce);
        using var response = await client.PostAsync(client.Request(certificate.Text("serial"), nonce));
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        response.Headers.ETag.ShouldBeNull();
    }

    [Fact]
    public async Task Ask_NonceLongerThanIsRepeated_IsAnsweredWithoutIt()
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;

        var answer = await client.AskAsync(certificate.Text("serial"), new byte[ParsedOcspRequest.MaxNonce + 1]);

        OcspClient.NonceOf(answer).ShouldBeNull();
    }

    [Fact]
    public async Task Ask_SeveralCertificates_AreAnsweredTogether()
    {
        var (one, client) = await ServeAsync();
        using var _ = client;
        byte[][] serials = [Convert.FromHexString(one.Text("serial")), Convert.FromHexString(NeverIssued)];

        using var response = await client.PostAsync(
            OcspRequests.Write(client.Issuer, serials.Select(serial => (ReadOnlyMemory<byte>)serial))
        );
        var answer = new OcspResp(await response.Content.ReadAsByteArrayAsync(Cancel));

        ((BasicOcspResp)answer.GetResponseObject())
            .Responses.Select(single => single.GetCertStatus() is null)
            .ShouldBe([true, false]);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    // RFC 5019 §§5, 6.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Get_SameQuestion_IsTheSameAnswerAndMayBeKept(bool escaped)
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;
        var request = client.Request(certificate.Text("serial"));

        using var first = await client.GetAsync(request, escaped);
        using var posted = await client.PostAsync(request);

        first.StatusCode.ShouldBe(HttpStatusCode.OK);
        var bytes = await first.Content.ReadAsByteArrayAsync(Cancel);
        (await posted.Content.ReadAsByteArrayAsync(Cancel)).ShouldBe(bytes);
        first.Headers.CacheControl!.Public.ShouldBeTrue();
        first.Headers.CacheControl.MaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        first.Content.Headers.Expires.ShouldNotBeNull();
        first.Content.Headers.LastModified.ShouldNotBeNull();
        using var again = await client.GetAsync(request, escaped, first.Headers.ETag!.Tag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using var changed = await client.GetAsync(request, escaped, "\"x\"");
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ask_RevokedAfterwards_IsNotTheKeptAnswer()
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;
        var serial = certificate.Text("serial");
        (await client.StateAsync(serial)).ShouldBe("good");

        await fixture.RevokeAsync(new { serial, reason = "superseded" });
        var revoked = await client.AskAsync(serial);
        await fixture.RevokeAsync(new { serial, reason = "keyCompromise" });
        var worse = await client.AskAsync(serial);

        ReasonOf(revoked).ShouldBe(4);
        ReasonOf(worse).ShouldBe(1);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task Post_OtherMediaType_IsMalformed(string mediaType)
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;

        (await client.StatusAsync(client.Request(certificate.Text("serial")), mediaType)).ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ParsedOcspRequest.MaxBytes)]
    [InlineData(ParsedOcspRequest.MaxBytes + 1)]
    public async Task Post_OtherBytes_IsMalformed(int length)
    {
        var (_, client) = await ServeAsync();
        using var __ = client;

        (await client.StatusAsync(new byte[length])).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/no-base64!")]
    [InlineData("/AAAA")]
    public async Task Get_NoRequest_IsMalformed(string rest)
    {
        using var anyone = Service.Client(null);

        using var answer = await anyone.GetAsync($"/v1/ocsp/{fixture.AuthorityId}{rest}", Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        new OcspResp(await answer.Content.ReadAsByteArrayAsync(Cancel)).Status.ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/ocsp/platform")]
    [InlineData("/v1/ocsp/ca_00000000000000000000000000")]
    [InlineData("/v1/ocsp/x")]
    public async Task Post_AddressOfAnotherAuthority_IsUnauthorized(string path)
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;

        (await client.StatusAsync(client.Request(certificate.Text("serial")), path: path)).ShouldBe(6);
    }

    [Fact]
    public async Task Leaf_AddressConfigured_BearsItsResponder()
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;

        ResponderOf(certificate).ShouldBe($"{Service.Options.PublicUrl}{client.Path}");
    }

    [Fact]
    public async Task Responder_OwnCertificate_IsIssuedAndCannotBeRevoked()
    {
        var (certificate, client) = await ServeAsync();
        using var _ = client;
        var responder = (await client.AskAsync(certificate.Text("serial"))).GetCerts().Single();
        var serial = Convert.ToHexStringLower(responder.SerialNumber.ToByteArrayUnsigned());

        await fixture
            .Api.PostAsync("/v1/certificates/revoke", JsonSerializer.Serialize(new { serial }))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "certificate.own");
        (await client.StateAsync(serial)).ShouldBe("good");
    }

    private async Task<(JsonElement Certificate, OcspClient Client)> ServeAsync()
    {
        // Always the same agent, which enrols again: a tunnel has room for a few.
        var (certificate, _) = await fixture.ServeAsync("ocsp");
        return (certificate, OcspClient.Of(fixture, certificate));
    }

    private string PlatformSerial()
    {
        using var connection = Service.Get<Database>().OpenWrite();
        return connection.QueryFirst<string>(
            "SELECT serial FROM certificates WHERE kind = 'service' AND ca_id IS NULL AND status = 'issued'"
        );
    }

    private void Sql(string sql)
    {
        using var connection = Service.Get<Database>().OpenWrite();
        connection.Execute(sql);
    }

    private static int ReasonOf(BasicOcspResp answer) =>
        answer.Responses.Single().GetCertStatus().ShouldBeOfType<RevokedStatus>().RevocationReason;

    internal static string? ResponderOf(JsonElement certificate)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificate.Text("certificate_pem"));
        return leaf
            .Extensions.OfType<X509AuthorityInformationAccessExtension>()
            .SingleOrDefault()
            ?.EnumerateOcspUris()
            .Single();
    }
}
