using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.InnerTls;

/// <summary>S26 at <c>POST /v1/agent/server_certificates</c>: certificates for the domain that another provider gave its tunnel.</summary>
public sealed class ProviderDomainTests
{
    private const string Domain = "abcd1234.tunnel.provider.com";
    private const string Path = "/v1/agent/server_certificates";

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Issue_ApprovedDomain_IsForItAndItsWildcardFromTheActiveAuthority()
    {
        await using var bench = await AuthorityBench.StartAsync();
        var authority = await bench.ApprovedAsync();
        var hostnames = await AddAsync(bench, "*." + Domain);
        await bench.Api.PostOkAsync($"{hostnames}/*.{Domain}/approve");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());

        var certificate = (await machine.PostOkAsync(Path, Body(Domain))).GetProperty("certificate");

        certificate.Text("ca_id").ShouldBe(authority);
        NamesOf(certificate).ShouldBe([Domain, "*." + Domain]);
        // The tunnel's own is as before, by its name and without one.
        var own = bench.Machines.Tunnel.Text("domain")!;
        foreach (var body in new[] { Body(own), MachineBench.CsrBody() })
        {
            NamesOf((await machine.PostOkAsync(Path, body)).GetProperty("certificate")).ShouldBe([own, "*." + own]);
        }
    }

    [Theory]
    [InlineData(null, false, Domain)] // never added
    [InlineData("*." + Domain, false, Domain)] // added, and not approved
    [InlineData(Domain, true, Domain)] // a hostname is not a domain: its approval is for one name
    [InlineData("*." + Domain, true, "docs." + Domain)]
    [InlineData("*." + Domain, true, "*." + Domain)]
    [InlineData("*." + Domain, true, "tunnel.provider.com")]
    [InlineData("*." + Domain, true, "")]
    public async Task Issue_DomainWithoutApproval_IsRefused(string? added, bool isApproved, string requested)
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.ApprovedAsync();
        if (added is not null)
        {
            var hostnames = await AddAsync(bench, added);
            if (isApproved)
            {
                await bench.Api.PostOkAsync($"{hostnames}/{added}/approve");
            }
        }

        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());

        await machine
            .PostAsync(Path, Body(requested))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "server_certificate.domain");
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Issue_DomainOfAnotherTunnelOrRemoved_IsRefused()
    {
        await using var bench = await AuthorityBench.StartAsync();
        await bench.ApprovedAsync();
        var other = (await bench.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        var hostnames = await AddAsync(bench, "*." + Domain, other);
        await bench.Api.PostOkAsync($"{hostnames}/*.{Domain}/approve");
        var (_, machine) = await bench.Machines.JoinAsync(bench.Machines.AgentToken());
        await machine
            .PostAsync(Path, Body(Domain))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "server_certificate.domain");

        await bench.Api.DeleteAsync(
            new Uri($"{hostnames}/*.{Domain}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        hostnames = await AddAsync(bench, "*." + Domain);
        await bench.Api.PostOkAsync($"{hostnames}/*.{Domain}/approve");
        await machine.PostOkAsync(Path, Body(Domain));
        await bench.Api.DeleteAsync(
            new Uri($"{hostnames}/*.{Domain}", UriKind.Relative),
            TestContext.Current.CancellationToken
        );

        await machine
            .PostAsync(Path, Body(Domain))
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "server_certificate.domain");
    }

    private static async Task<string> AddAsync(AuthorityBench bench, string name, string? tunnelId = null)
    {
        var path = $"/v1/tunnels/{tunnelId ?? bench.Machines.TunnelId}/hostnames";
        await bench.Api.PostOkAsync(path, JsonSerializer.Serialize(new { name }));
        return path;
    }

    private static string Body(string domain)
    {
        using var key = CertificateRequests.NewKey();
        return JsonSerializer.Serialize(new { csr = CertificateRequests.Create(key), domain });
    }

    private static IReadOnlyList<string> NamesOf(JsonElement certificate)
    {
        using var leaf = X509Certificate2.CreateFromPem(certificate.Text("certificate_pem"));
        return [.. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames()];
    }
}
