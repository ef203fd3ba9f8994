using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Revocation;

/// <summary>The row of bad lists, end to end: the checks themselves are the certificate core's tests.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ImportedListTests : IAsyncDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private ServiceUnderTest? service;

    [Fact]
    public async Task Import_NewerLists_TakeEachOthersPlaceAndArePublished()
    {
        service = await ServiceUnderTest.StartAsync();
        var now = service.Time.GetUtcNow();
        using var authority = Authority(now);
        var path = await RegisterAsync(authority);

        var first = await service.Api.PostOkAsync(path, Body(List(authority, now, 5, [1], [2])));
        var again = await service.Api.PostOkAsync(path, Body(List(authority, now, 6, [1], [2], [3])));

        first.Text("number").ShouldBe("5");
        again.GetProperty("entries").GetInt32().ShouldBe(3);
        await service
            .Api.PostAsync(path, Body(List(authority, now, 6, [1], [2], [3])))
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "crl.number_backwards");
        await service
            .Api.PostAsync(path, Body(List(authority, now, 7, [1])))
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "crl.entry_vanished");
        var removed = await service.Api.PostOkAsync(path, Body(List(authority, now, 7, [1]), allowRemoved: true));
        removed.GetProperty("entries").GetInt32().ShouldBe(1);
        (await service.Api.GetOkAsync(path)).Text("number").ShouldBe("7");
        using var anyone = service.Client(null);
        using var published = await anyone.GetAsync(
            $"/v1/crl/{removed.Text("tunnel_certificate_id")}/0.crl",
            TestContext.Current.CancellationToken
        );
        published.StatusCode.ShouldBe(HttpStatusCode.OK);
        await service
            .Api.PostAsync(path, """{"crl":"nonsense"}""")
            .ShouldRefuseAsync(HttpStatusCode.UnprocessableEntity, "crl.malformed");
    }

    public async ValueTask DisposeAsync()
    {
        key.Dispose();
        if (service is not null)
        {
            await service.DisposeAsync();
        }
    }

    private async Task<string> RegisterAsync(X509Certificate2 authority)
    {
        var tunnel = await service!.Api.PostOkAsync("/v1/tunnels", "{}");
        var registered = await service.Api.PostOkAsync(
            $"/v1/tunnels/{tunnel.Id()}/certificates",
            JsonSerializer.Serialize(new { ca_certificate_pem = authority.ExportCertificatePem() })
        );
        return $"/v1/tunnels/{tunnel.Id()}/certificates/{registered.Id()}/revocation_list";
    }

    private static string Body(string crl, bool allowRemoved = false) =>
        JsonSerializer.Serialize(new { crl, allow_removed = allowRemoved });

    private static string List(X509Certificate2 authority, DateTimeOffset now, int number, params byte[][] serials)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials)
        {
            builder.AddEntry(serial, now.AddDays(-2));
        }

        var list = builder.Build(
            authority,
            number,
            now.AddDays(7),
            HashAlgorithmName.SHA256,
            thisUpdate: now.AddHours(-1)
        );
        return PemEncoding.WriteString("X509 CRL", list);
    }

    private X509Certificate2 Authority(DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=Enterprise", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddYears(-1), now.AddYears(1));
    }
}
