using System.Net;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tokens.Metadata;

public sealed class MetadataTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private FederatedService Service => fixture.Service;

    [Theory]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    public async Task Server_Published_NamesWhatThereIs(string path)
    {
        using var response = await GetAsync(path);

        var metadata = await response.JsonAsync();
        metadata.Text("issuer").ShouldBe(FederatedService.PublicUrl);
        metadata.Text("token_endpoint").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/token");
        metadata.Text("jwks_uri").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/jwks");
        metadata.Text("introspection_endpoint").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/introspect");
        metadata.Text("revocation_endpoint").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/revoke");
        metadata.GetProperty("grant_types_supported").GetArrayLength().ShouldBe(2);
        metadata.GetProperty("tls_client_certificate_bound_access_tokens").GetBoolean().ShouldBeTrue();
        metadata
            .GetProperty("dpop_signing_alg_values_supported")
            .EnumerateArray()
            .Select(value => value.GetString())
            .ShouldNotContain(name => name == "HS256");
    }

    [Fact]
    public async Task Resource_Published_NamesTheAuthorizationServer()
    {
        using var response = await GetAsync("/.well-known/oauth-protected-resource");

        var metadata = await response.JsonAsync();
        metadata.Text("resource").ShouldBe(FederatedService.PublicUrl);
        metadata.GetProperty("authorization_servers")[0].GetString().ShouldBe(FederatedService.PublicUrl);
    }

    [Fact]
    public async Task Transmitter_OfAnOrganization_NamesItsIssuerKeysAndDelivery()
    {
        var issuer = "/oauth/" + Service.OrganizationId;

        using var response = await GetAsync("/.well-known/ssf-configuration" + issuer);

        var metadata = await response.JsonAsync();
        metadata.Text("issuer").ShouldBe(FederatedService.PublicUrl + issuer);
        metadata.Text("jwks_uri").ShouldBe(FederatedService.PublicUrl + "/v1/oauth/jwks");
        metadata.Text("spec_version").ShouldBe("1_0");
        metadata.GetProperty("delivery_methods_supported")[0].GetString().ShouldBe("urn:ietf:rfc:8935");
    }

    [Fact]
    public async Task Transmitter_OfAMalformedId_IsNotFound()
    {
        using var response = await GetAsync("/.well-known/ssf-configuration/oauth/none");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.ErrorCodeAsync()).ShouldBe("request.not_found");
    }

    [Theory]
    [InlineData("{0}")]
    [InlineData("W/{0}")]
    [InlineData("\"other\", {0}")]
    [InlineData("*")]
    public async Task KeySet_CopyIsCurrent_Is304(string header)
    {
        using var first = await GetAsync("/v1/oauth/jwks");
        var tag = first.Headers.ETag!.ToString();

        using var second = await GetAsync("/v1/oauth/jwks", string.Format(null, header, tag));

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        second.Headers.ETag!.ToString().ShouldBe(tag);
        second.Header("cache-control")!.ShouldContain("max-age=300");
        second.Header("cache-control")!.ShouldContain("stale-while-revalidate=300");
    }

    [Fact]
    public async Task KeySet_AnotherCopy_IsSent()
    {
        using var response = await GetAsync("/v1/oauth/jwks", "\"other\"");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? tag = null)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, path);
        if (tag is not null)
        {
            message.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        return await Service.SendAnonymousAsync(message);
    }
}
