using System.Net;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>Registrations that are refused, each with its error (RFC 7591 §3.2.2), and none of which leaves a client.</summary>
public sealed class ClientRegistrationRefusalTests : IClassFixture<AuthorizationBenchFixture>
{
    private const string Redirect = "invalid_redirect_uri";
    private const string Metadata = "invalid_client_metadata";
    private const string Loopback = "\"http://127.0.0.1/cb\"";

    private readonly AuthorizationBench bench;

    public ClientRegistrationRefusalTests(AuthorizationBenchFixture fixture)
    {
        bench = fixture.Bench;
        // The rates of one address are those of one test.
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(10));
    }

    [Theory]
    // They run code, read files or start a program.
    [InlineData("javascript:alert(1)")]
    [InlineData("javascript://client.example.com/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("vbscript:/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("com.example.app:/cb")]
    [InlineData("vscode://app/cb")]
    [InlineData("ms-msdt:/id")]
    // Another host than it seems.
    [InlineData("https://other.example.com/cb")]
    [InlineData("https://client.example.com@evil.example/cb")]
    [InlineData("https://user@client.example.com/cb")]
    [InlineData("https://client.example.com.evil.example/cb")]
    [InlineData("https://evilclient.example.com/cb")]
    [InlineData("https://client.example.com\\\\@evil.example/cb")]
    [InlineData("https://client.example.com./cb")]
    [InlineData("https://CLIENT.example.com/cb")]
    [InlineData("https://client.example.com/cb#part")]
    [InlineData("https://client.example.com/a/%2e%2e/cb")]
    [InlineData("https://client.example.com/\\u0000")]
    [InlineData("http://client.example.com/cb")]
    // Not this computer.
    [InlineData("http://localhost.evil.example/cb")]
    [InlineData("http://127.0.0.1.evil.example/cb")]
    [InlineData("http://127.0.0.1@evil.example/cb")]
    [InlineData("http://127.0.0.2/cb")]
    [InlineData("http://127.1/cb")]
    [InlineData("http://2130706433/cb")]
    [InlineData("http://0.0.0.0/cb")]
    [InlineData("http://[::ffff:127.0.0.1]/cb")]
    [InlineData("http://[0:0:0:0:0:0:0:1]/cb")]
    [InlineData("http://[::1%25lo]/cb")]
    [InlineData("https://localhost/cb")]
    [InlineData("https://127.0.0.1/cb")]
    [InlineData("")]
    public Task Register_HostileRedirectUri_IsInvalidRedirectUri(string uri) =>
        ShouldRefuseAsync($$"""{"redirect_uris":["{{uri}}"]}""", Redirect);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"redirect_uris":[]}""")]
    [InlineData("""{"redirect_uris":"http://127.0.0.1/cb"}""")]
    [InlineData("""{"redirect_uris":[null]}""")]
    [InlineData("""{"redirect_uris":[7]}""")]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb","http://127.0.0.1/cb"]}""")]
    [InlineData("""{"redirect_uris":["http://127.0.0.1/cb","https://evil.example/cb"]}""")]
    public Task Register_NoUsableList_IsInvalidRedirectUri(string body) => ShouldRefuseAsync(body, Redirect);

    [Fact]
    public async Task Register_ElevenRedirectUris_IsInvalidRedirectUri_AndTenAreAccepted()
    {
        await ShouldRefuseAsync(Uris(11), Redirect);

        using var accepted = await bench.RegisterAsync(Uris(10));

        accepted.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("\"token_endpoint_auth_method\":\"client_secret_basic\"")]
    [InlineData("\"token_endpoint_auth_method\":\"private_key_jwt\"")]
    [InlineData("\"token_endpoint_auth_method\":null")]
    [InlineData("\"grant_types\":[\"client_credentials\"]")]
    [InlineData("\"grant_types\":[\"authorization_code\",\"urn:ietf:params:oauth:grant-type:jwt-bearer\"]")]
    [InlineData("\"grant_types\":[\"refresh_token\"]")]
    [InlineData("\"grant_types\":[]")]
    [InlineData("\"grant_types\":\"authorization_code\"")]
    [InlineData("\"response_types\":[\"token\"]")]
    [InlineData("\"response_types\":[\"code\",\"id_token\"]")]
    [InlineData("\"client_name\":\"\"")]
    [InlineData("\"client_name\":\" Editor\"")]
    [InlineData("\"client_name\":\"a\\u0000b\"")]
    [InlineData("\"client_name\":\"a\\nb\"")]
    [InlineData("\"client_name\":\"a\\u202eb\"")]
    [InlineData("\"client_name\":\"\\ud800\"")]
    [InlineData("\"client_name\":7")]
    [InlineData("\"client_name\":null")]
    [InlineData("\"dpop_bound_access_tokens\":\"true\"")]
    [InlineData("\"client_name\":\"a\",\"client_name\":\"b\"")]
    [InlineData("\"unknown\":{\"a\":1,\"a\":2}")]
    public Task Register_OtherMetadata_IsInvalidClientMetadata(string members) =>
        ShouldRefuseAsync($$"""{"redirect_uris":[{{Loopback}}],{{members}}}""", Metadata);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"redirect_uris\":")]
    [InlineData("\uFEFF{}")]
    public Task Register_NoJsonObject_IsInvalidClientMetadata(string body) => ShouldRefuseAsync(body, Metadata);

    [Fact]
    public Task Register_DeepJson_IsInvalidClientMetadata() =>
        ShouldRefuseAsync(
            $$"""{"redirect_uris":[{{Loopback}}],"unknown":{{new string('[', 20)}}{{new string(']', 20)}}}""",
            Metadata
        );

    [Fact]
    public Task Register_LongName_IsInvalidClientMetadata() =>
        ShouldRefuseAsync($$"""{"redirect_uris":[{{Loopback}}],"client_name":"{{new string('a', 101)}}"}""", Metadata);

    [Fact]
    public Task Register_SoftwareStatement_IsUnapproved() =>
        ShouldRefuseAsync(
            $$"""{"redirect_uris":[{{Loopback}}],"software_statement":"eyJhbGciOiJub25lIn0.e30."}""",
            "unapproved_software_statement"
        );

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/jsonp")]
    public async Task Register_OtherContentType_IsRefused(string contentType)
    {
        await bench.OpenRegistrationAsync();

        await bench
            .RegisterAsync($$"""{"redirect_uris":[{{Loopback}}]}""", contentType)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.media_type");
    }

    [Fact]
    public Task Register_BodyAboveTheLimit_IsTooLarge() =>
        ShouldRefuseAsync(
            $$"""{"redirect_uris":[{{Loopback}}],"unknown":"{{new string(
                'a',
                ClientRegistrationEndpoint.MaxBodyBytes
            )}}"}""",
            "invalid_request",
            HttpStatusCode.RequestEntityTooLarge
        );

    [Fact]
    public async Task Register_AtAnotherOrganization_IsNotFound()
    {
        await bench.OpenRegistrationAsync();

        await bench
            .Federated.PostAnonymousAsync("/oauth/org_other/register", "{}")
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    private static string Uris(int count) =>
        $$"""{"redirect_uris":[{{string.Join(
            ',',
            Enumerable.Range(1, count).Select(n => $"\"http://127.0.0.1/{n}\"")
        )}}]}""";

    private async Task ShouldRefuseAsync(string body, string error, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        await bench.OpenRegistrationAsync("client.example.com", "*.example.org");
        var before = await CountAsync();

        using var response = await bench.RegisterAsync(body);

        var answer = await response.JsonAsync();
        (response.StatusCode, answer.Text("error")).ShouldBe((status, error), answer.ToString());
        answer.Text("error_description").ShouldNotBeEmpty();
        response.Header("cache-control").ShouldBe("no-store");
        (await CountAsync()).ShouldBe(before);
    }

    private async Task<int> CountAsync() =>
        (await bench.Service.Api.GetOkAsync("/v1/oauth/clients?registered_by=client&limit=1000"))
            .GetProperty("data")
            .GetArrayLength();
}
