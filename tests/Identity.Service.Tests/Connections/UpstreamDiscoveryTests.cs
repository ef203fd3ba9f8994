using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>Connections whose endpoints the service reads from the vendor's own metadata, over real TLS.</summary>
public sealed class UpstreamDiscoveryTests : IAsyncLifetime
{
    private const string Place = "/.well-known/oauth-authorization-server/vendor";
    private const string ResourcePlace = "/.well-known/oauth-protected-resource/mcp";

    private ConnectionBench bench = null!;

    private TestIdentityProvider Server => bench.People.Federated.Provider;

    private string Issuer => Server.Url + "/vendor";

    private string Resource => Server.Url + "/mcp";

    public async ValueTask InitializeAsync() => bench = await ConnectionBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData(Place)]
    [InlineData("/.well-known/openid-configuration/vendor")]
    [InlineData("/vendor/.well-known/openid-configuration")]
    public async Task Create_IssuerWithoutEndpoints_HasThoseOfItsMetadata(string place)
    {
        Serve(place, Metadata());

        var created = await bench.People.Federated.CreateAsync(ConnectionBench.Path, Body());

        created.Text("issuer").ShouldBe(Issuer);
        created.Text("authorization_endpoint").ShouldBe("https://vendor.example.com/authorize");
        created.Text("token_endpoint").ShouldBe(Server.Url + UpstreamDouble.TokenPath);
        created.Text("revocation_endpoint").ShouldBe(Server.Url + UpstreamDouble.RevokePath);
        (await bench.People.Federated.LastAuditAsync("connection_created"))
            .GetProperty("event_data")
            .Text("token_endpoint")
            .ShouldBe(Server.Url + UpstreamDouble.TokenPath);
    }

    [Fact]
    public async Task Create_ResourceAlone_HasTheIssuerOfItsMetadataAndThatOnesEndpoints()
    {
        Serve(Place, Metadata());
        Serve(ResourcePlace, ResourceMetadata());

        var created = await bench.People.Federated.CreateAsync(ConnectionBench.Path, Body(FromResource));

        created.Text("resource").ShouldBe(Resource);
        created.Text("issuer").ShouldBe(Issuer);
        created.Text("token_endpoint").ShouldBe(Server.Url + UpstreamDouble.TokenPath);
    }

    [Theory]
    [InlineData("issuer", "\"https://vendor.example.com\"", "its issuer is not the given one")]
    [InlineData("issuer", null, "its issuer is not the given one")]
    [InlineData("authorization_endpoint", null, "authorization_endpoint: an https URL")]
    [InlineData("token_endpoint", null, "token_endpoint: an https URL")]
    [InlineData("token_endpoint", "\"http://vendor.example.com/token\"", "token_endpoint: an https URL")]
    [InlineData("token_endpoint", "\"https://vendor.example.com:8443/token\"", "token_endpoint: url must use port 443")]
    [InlineData("revocation_endpoint", "\"http://vendor.example.com/revoke\"", "revocation_endpoint: an https URL")]
    [InlineData("code_challenge_methods_supported", "[\"plain\"]", "lack S256")]
    [InlineData("code_challenge_methods_supported", "[]", "lack S256")]
    [InlineData("token_endpoint_auth_methods_supported", "[\"none\"]", "lack client_secret_basic")]
    [InlineData("require_pushed_authorization_requests", "true", "requires pushed authorization requests")]
    public async Task Create_MetadataThatDoesNotFit_IsRefusedWithItsPlaceAndTheReason(
        string member,
        string? value,
        string reason
    )
    {
        var metadata = Metadata();
        metadata[member] = value is null ? null : JsonNode.Parse(value);
        Serve(Place, metadata);

        var message = await RefuseAsync(Body());

        message.ShouldStartWith(Server.Url + Place);
        message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("resource", "\"https://vendor.example.com\"", "its resource is not the given one")]
    [InlineData("authorization_servers", null, "exactly one of authorization_servers")]
    [InlineData("authorization_servers", "[\"https://a.example\",\"https://b.example\"]", "exactly one of")]
    [InlineData("authorization_servers", "[\"http://a.example\"]", "issuer: an https URL")]
    [InlineData("authorization_servers", "[\"https://a.example/?tenant=7\"]", "issuer: a URL without query")]
    public async Task Create_ResourceMetadataThatDoesNotFit_IsRefusedWithItsPlaceAndTheReason(
        string member,
        string? value,
        string reason
    )
    {
        var metadata = ResourceMetadata();
        metadata[member] = value is null ? null : JsonNode.Parse(value);
        Serve(ResourcePlace, metadata);

        var message = await RefuseAsync(Body(FromResource));

        message.ShouldStartWith(Server.Url + ResourcePlace);
        message.ShouldContain(reason);
    }

    [Fact]
    public async Task Create_HostileServer_IsRefusedWithTheReason()
    {
        (await RefuseAsync(Body())).ShouldContain("status 404");

        Server.Script(
            Place,
            http =>
            {
                http.Response.Redirect("https://vendor.example.com/metadata");
                return Task.CompletedTask;
            }
        );
        (await RefuseAsync(Body())).ShouldContain("a redirect (302), which is not followed");

        Server.Script(Place, http => WriteAsync(http, "text/html", "<p>Sign in</p>"));
        (await RefuseAsync(Body())).ShouldContain("something else than a JSON document");

        Server.Script(Place, http => WriteAsync(http, "application/json", "{"));
        (await RefuseAsync(Body())).ShouldContain("not a JSON document");

        // Half a character, and a member that is there twice.
        foreach (var text in new[] { """{"issuer":"\ud800"}""", """{"issuer":"a","issuer":"a"}""" })
        {
            Server.Script(Place, http => WriteAsync(http, "application/json", text));
            Server.Script(ResourcePlace, http => WriteAsync(http, "application/json", text));
            (await RefuseAsync(Body())).ShouldContain("not a JSON document");
            (await RefuseAsync(Body(FromResource))).ShouldContain("not a JSON document");
        }

        Server.Script(
            Place,
            http => WriteAsync(http, "application/json", new string(' ', UpstreamFetcher.MaxBytes) + "{}")
        );
        (await RefuseAsync(Body())).ShouldContain($"more than {UpstreamFetcher.MaxBytes} bytes");
    }

    [Fact]
    public async Task Create_ServerThatDoesNotAnswer_IsRefusedAfterTenSeconds()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Script(
            Place,
            http =>
            {
                arrived.SetResult();
                return Never.RespondAsync(http.RequestAborted);
            }
        );

        var answer = bench.People.Federated.PostAsync(ConnectionBench.Path, Body());
        await arrived.Task;
        bench.Service.Time.Advance(UpstreamDiscovery.Timeout);

        await answer.ShouldRefuseAsync(HttpStatusCode.BadRequest, "connection.discovery");
    }

    [Theory]
    [InlineData("token_endpoint", "https://vendor.example.com/token", "authorization_endpoint: an https URL")]
    [InlineData("revocation_endpoint", "https://vendor.example.com/revoke", "authorization_endpoint: an https URL")]
    [InlineData("issuer", null, "required, unless issuer or resource has metadata")]
    [InlineData("issuer", "http://vendor.example.com", "issuer: an https URL")]
    [InlineData("issuer", "https://vendor.example.com/?tenant=7", "issuer: a URL without query")]
    public async Task Create_SomeEndpointsOrNoSource_IsRefusedBeforeAnythingIsFetched(
        string member,
        string? value,
        string reason
    )
    {
        var refused = await bench
            .People.Federated.PostAsync(ConnectionBench.Path, Body(body => body[member] = value))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

        refused.Text("message").ShouldContain(reason);
        Server.RequestsTo(Place).ShouldBe(0);
    }

    [Fact]
    public async Task Create_PrivateIssuerThatIsNotAllowed_IsNotFetched()
    {
        Serve(Place, Metadata());

        var message = await RefuseAsync(
            Body(body =>
                body["allowed_targets"] = new JsonArray(
                    new JsonObject { ["cidr"] = "127.0.0.2/32", ["port"] = Server.Port }
                )
            )
        );

        message.ShouldContain("127.0.0.1");
        Server.RequestsTo(Place).ShouldBe(0);
    }

    private async Task<string> RefuseAsync(JsonObject body) =>
        (
            await bench
                .People.Federated.PostAsync(ConnectionBench.Path, body)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "connection.discovery")
        ).Text("message");

    private JsonObject Body(Action<JsonObject>? edit = null) =>
        bench.Body(body =>
        {
            body["route"] = "wiki";
            body["issuer"] = Issuer;
            body.Remove("authorization_endpoint");
            body.Remove("token_endpoint");
            body.Remove("revocation_endpoint");
            edit?.Invoke(body);
        });

    private void FromResource(JsonObject body)
    {
        body.Remove("issuer");
        body["resource"] = Resource;
    }

    // As oidc-provider writes it, without the members that nothing here reads.
    private JsonObject Metadata() =>
        new()
        {
            ["authorization_endpoint"] = "https://vendor.example.com/authorize",
            ["code_challenge_methods_supported"] = new JsonArray("S256"),
            ["grant_types_supported"] = new JsonArray("authorization_code", "refresh_token"),
            ["issuer"] = Issuer,
            ["jwks_uri"] = Issuer + "/jwks",
            ["response_types_supported"] = new JsonArray("code"),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic", "private_key_jwt"),
            ["token_endpoint"] = Server.Url + UpstreamDouble.TokenPath,
            ["revocation_endpoint"] = Server.Url + UpstreamDouble.RevokePath,
        };

    private JsonObject ResourceMetadata() =>
        new() { ["resource"] = Resource, ["authorization_servers"] = new JsonArray(Issuer) };

    private void Serve(string place, JsonObject document) =>
        Server.Script(place, http => WriteAsync(http, "application/json", document.ToJsonString()));

    private static Task WriteAsync(HttpContext http, string type, string text)
    {
        http.Response.ContentType = type;
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
