using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>
/// Connections whose client authenticates with private_key_jwt. The vendor verifies the assertions with a library that is not
/// Culvert's and with the published keys.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class AssertedClientTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<JsonWebToken> assertions = new();
    private ConnectionBench bench = null!;
    private string audience = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string KeySetPath => $"/oauth/{bench.People.Organization}/upstreams/jwks";

    public async ValueTask InitializeAsync()
    {
        bench = await ConnectionBench.StartAsync();
        audience = bench.People.Federated.Provider.Url + UpstreamDouble.TokenPath;
    }

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Requests_OfAClientWithoutSecret_HaveAssertionsThatThePublishedKeysVerify()
    {
        await UseAssertionsAsync();
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(TimeSpan.FromMinutes(10));
        (await bench.AskOkAsync("ada")).Text("access_token").ShouldStartWith("access-of-ada-");
        await bench.Api.PostOkAsync($"{ConnectionBench.Path}/{bench.ConnectionId}/archive");
        await bench.RevokeUpstreamAsync();

        bench.Upstream.RefreshesOf("ada").ShouldBe(1);
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
        assertions.Count.ShouldBe(3);
        assertions.Select(one => one.Id).Distinct().Count().ShouldBe(3);
        var first = assertions.First();
        first.Subject.ShouldBe(UpstreamDouble.ClientId);
        first.Audiences.ShouldHaveSingleItem();
        (first.ValidTo - first.IssuedAt).ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Requests_ToAnIssuerWhoseMetadataNamedTheEndpoints_HaveItAsTheAudience()
    {
        var server = bench.People.Federated.Provider;
        audience = server.Url + "/vendor";
        var metadata = new JsonObject
        {
            ["issuer"] = audience,
            ["authorization_endpoint"] = "https://vendor.example.com/authorize",
            ["token_endpoint"] = server.Url + UpstreamDouble.TokenPath,
            ["revocation_endpoint"] = server.Url + UpstreamDouble.RevokePath,
            ["token_endpoint_auth_methods_supported"] = new JsonArray("private_key_jwt"),
            ["token_endpoint_auth_signing_alg_values_supported"] = new JsonArray("RS256", "ES256"),
        };
        server.Script(
            "/.well-known/oauth-authorization-server/vendor",
            http => http.Response.WriteAsync(metadata.ToJsonString(), http.RequestAborted)
        );

        await UseAssertionsAsync(Discover);
        await bench.ConnectAsync("ada");

        assertions.Single().Audiences.ShouldBe([audience]);
        metadata["token_endpoint_auth_signing_alg_values_supported"] = new JsonArray("ES256");
        await bench
            .People.Federated.PostAsync(ConnectionBench.Path, Body(Discover))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "connection.discovery");

        void Discover(JsonObject body)
        {
            body["issuer"] = audience;
            body.Remove("authorization_endpoint");
            body.Remove("token_endpoint");
            body.Remove("revocation_endpoint");
        }
    }

    [Fact]
    public async Task Create_ClientWithoutSecret_NamesKeysThatArePublishedAtOnce_AndIsNoStaticSecret()
    {
        var created = await UseAssertionsAsync();

        created.Text("jwks_uri").ShouldBe(FederatedService.PublicUrl + KeySetPath);
        created.Text("client_auth").ShouldBe("private_key_jwt");
        (await GetKeysAsync()).GetProperty("keys").GetArrayLength().ShouldBe(1);
        (await bench.Api.GetOkAsync($"/v1/static_secrets?tunnel_id={bench.People.TunnelId}"))
            .GetProperty("data")
            .GetArrayLength()
            .ShouldBe(0);
        await bench
            .Api.PostAsync($"{ConnectionBench.Path}/{created.Id()}", """{"client_secret":"a secret of it"}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Assertion_AtTheServiceItself_IsRefused()
    {
        await UseAssertionsAsync();
        await bench.ConnectAsync("ada");
        var assertion = assertions.Single().EncodedToken;
        using var client = bench.Service.Client(assertion);

        await client
            .GetAsync(new Uri("/v1/tunnels", UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.Unauthorized, "token.malformed");
        var rule = await bench.People.Federated.RuleAsync();
        (await bench.People.Federated.DenialAsync(rule, assertion)).ShouldBe("typ_not_allowed");
    }

    // What is signed must be of no use at another server: the keys are those of every organization.
    [Theory]
    [InlineData("client_secret", "a secret of it")]
    [InlineData("issuer", "https://vendor.example.com")]
    [InlineData("revocation_endpoint", "https://vendor.example.com/revoke")]
    [InlineData("client_id", FederatedService.PublicUrl + "/oauth/org_other/upstreams")]
    public Task Create_ClientWithoutSecretAnd_IsRefused(string member, string value) =>
        bench
            .People.Federated.PostAsync(
                ConnectionBench.Path,
                Body(body =>
                {
                    body["route"] = "wiki";
                    body[member] = value;
                })
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    // In place of the bench's connection.
    private async Task<JsonElement> UseAssertionsAsync(Action<JsonObject>? edit = null)
    {
        await bench.Api.PostOkAsync($"{ConnectionBench.Path}/{bench.ConnectionId}/archive");
        var created = await bench.People.Federated.CreateAsync(ConnectionBench.Path, Body(edit));
        bench.UseConnection(created.Id());
        bench.Upstream.VerifiesAssertion = VerifyAsync;
        return created;
    }

    private JsonObject Body(Action<JsonObject>? edit) =>
        bench.Body(body =>
        {
            body["client_auth"] = "private_key_jwt";
            body.Remove("client_secret");
            body.Remove("issuer");
            edit?.Invoke(body);
        });

    private async Task<bool> VerifyAsync(IFormCollection form)
    {
        var verified = await new JsonWebTokenHandler().ValidateTokenAsync(
            form["client_assertion"].ToString(),
            new TokenValidationParameters
            {
                IssuerSigningKeys = new JsonWebKeySet((await GetKeysAsync()).ToString()).GetSigningKeys(),
                ValidIssuer = UpstreamDouble.ClientId,
                ValidAudience = audience,
                ValidAlgorithms = ["RS256"],
                ValidTypes = ["client-authentication+jwt"],
                ValidateLifetime = false, // the clock of the service is faked
            }
        );
        if (!verified.IsValid)
        {
            return false;
        }

        assertions.Enqueue((JsonWebToken)verified.SecurityToken);
        return form["client_id"] == UpstreamDouble.ClientId
            && form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    }

    private async Task<JsonElement> GetKeysAsync()
    {
        using var anonymous = bench.Service.Client(bearer: null);
        return await anonymous.GetOkAsync(KeySetPath);
    }
}
