using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Jose.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Binding;

/// <summary>RFC 8705 at 8443: the matrix of attack A46.</summary>
[Trait("Attack", "A46")]
public sealed class CertificateTokenTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Fact]
    public async Task Use_SameCertificate_IsAccepted()
    {
        using var certificate = TestCertificates.Client("workload");
        using var client = Service.Service.ClientWith(
            certificate,
            await BoundTokenAsync(BoundTokens.ThumbprintOf(certificate))
        );

        using var response = await client.GetAsync(BoundTokens.Path, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Use_AnotherCertificate_IsRefused()
    {
        using var certificate = TestCertificates.Client("workload");
        using var other = TestCertificates.Client("thief");
        using var client = Service.Service.ClientWith(
            other,
            await BoundTokenAsync(BoundTokens.ThumbprintOf(certificate))
        );

        await client
            .GetAsync(BoundTokens.Path, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.certificate");
    }

    [Fact]
    public async Task Use_NoCertificateButForwardedHeaders_IsRefused()
    {
        using var certificate = TestCertificates.Client("workload");
        using var client = Service.Service.ClientWith(
            null,
            await BoundTokenAsync(BoundTokens.ThumbprintOf(certificate))
        );
        var der = Convert.ToBase64String(certificate.RawData);
        client.DefaultRequestHeaders.Add("Client-Cert", $":{der}:");
        client.DefaultRequestHeaders.Add("X-Forwarded-Client-Cert", $"Cert=\"{der}\"");
        client.DefaultRequestHeaders.Add("X-Client-Cert", der);
        client.DefaultRequestHeaders.Add("X-ARR-ClientCert", der);
        client.DefaultRequestHeaders.Add("ssl-client-cert", der);

        await client
            .GetAsync(BoundTokens.Path, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.certificate");
    }

    [Fact]
    public async Task Use_ThumbprintInAnotherCase_IsRefused()
    {
        using var certificate = TestCertificates.Client("workload");
        using var client = Service.Service.ClientWith(
            certificate,
            await BoundTokenAsync(BoundTokens.ThumbprintOf(certificate).ToUpperInvariant())
        );

        await client
            .GetAsync(BoundTokens.Path, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.certificate");
    }

    [Fact]
    public async Task Use_SecondConnectionWithoutCertificate_IsRefused()
    {
        // No session is resumed: a connection without the certificate proves nothing, whatever came before it.
        using var certificate = TestCertificates.Client("workload");
        var token = await BoundTokenAsync(BoundTokens.ThumbprintOf(certificate));
        using (var first = Service.Service.ClientWith(certificate, token))
        {
            await first.GetOkAsync(BoundTokens.Path);
        }

        using var second = Service.Service.ClientWith(null, token);
        await second
            .GetAsync(BoundTokens.Path, TestContext.Current.CancellationToken)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.certificate");
    }

    [Fact]
    public async Task Use_BearerTokenWithAnyCertificate_IsAccepted()
    {
        using var certificate = TestCertificates.Client("workload");
        using var client = Service.Service.ClientWith(certificate, await Service.AccessTokenAsync(fixture.RuleId));

        await client.GetOkAsync(BoundTokens.Path);
    }

    private Task<string> BoundTokenAsync(string thumbprint) =>
        Service.MintAsync(
            fixture.RuleId,
            claims => claims with { Confirmation = new TokenConfirmation { CertificateThumbprint = thumbprint } }
        );
}
