using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>What administrators do with connections and the grants of people.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ConnectionTests : IAsyncLifetime
{
    private ConnectionBench bench = null!;

    private string Own => $"{ConnectionBench.Path}/{bench.ConnectionId}";

    public async ValueTask InitializeAsync() => bench = await ConnectionBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Create_Connection_NamesItsUrlsAndNeverItsSecret()
    {
        var created = await bench.People.Federated.CreateAsync(
            ConnectionBench.Path,
            bench.Body(body => body["route"] = "wiki")
        );

        created.Id().ShouldStartWith("conn_");
        created
            .Text("callback_url")
            .ShouldBe($"{FederatedService.PublicUrl}/oauth/{bench.People.Organization}/connected/{created.Id()}");
        created
            .Text("connect_url")
            .ShouldBe($"{FederatedService.PublicUrl}/oauth/{bench.People.Organization}/connect/{created.Id()}");
        created.ToString().ShouldNotContain(UpstreamDouble.Secret);
        (await bench.Api.GetOkAsync($"{ConnectionBench.Path}/{created.Id()}")).ToString().ShouldBe(created.ToString());
        var audited = await bench.People.Federated.LastAuditAsync("connection_created");
        audited.GetProperty("event_data").Text("route").ShouldBe("wiki");
        audited.ToString().ShouldNotContain(UpstreamDouble.Secret);
    }

    [Fact]
    public async Task Update_TheSecret_IsItsAgeInTheListOfStaticSecretsAndTheNameIsNot()
    {
        var created = bench.Service.Time.GetUtcNow();
        bench.Service.Time.Advance(TimeSpan.FromMinutes(1));
        await bench.Api.PostOkAsync(Own, """{"display_name":"Other"}""");
        var renamed = await GetSecretAsync();

        await bench.Api.PostOkAsync(Own, """{"client_secret":"another-secret-of-the-client"}""");

        var replaced = await GetSecretAsync();
        replaced.Text("object_id").ShouldBe(bench.ConnectionId);
        replaced.Text("tunnel_id").ShouldBe(bench.People.TunnelId);
        (replaced.Text("kind"), replaced.Text("source")).ShouldBe(("client_secret", "stored"));
        renamed.GetProperty("written_at").GetDateTimeOffset().ShouldBe(created, TimeSpan.FromSeconds(30));
        replaced
            .GetProperty("written_at")
            .GetDateTimeOffset()
            .ShouldBe(bench.Service.Time.GetUtcNow(), TimeSpan.FromSeconds(1));

        async Task<JsonElement> GetSecretAsync() =>
            (await bench.Api.GetOkAsync($"/v1/static_secrets?tunnel_id={bench.People.TunnelId}"))
                .GetProperty("data")
                .EnumerateArray()
                .Single();
    }

    [Theory]
    [InlineData("route", "")]
    [InlineData("route", "a b")]
    [InlineData("display_name", "")]
    [InlineData("client_id", "")]
    [InlineData("client_auth", "client_secret_jwt")]
    [InlineData("client_auth", "none")]
    [InlineData("client_secret", "")]
    [InlineData("client_secret", null)]
    [InlineData("authorization_endpoint", "http://vendor.example.com/authorize")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("token_endpoint", "https://vendor.example.com:8443/token")]
    [InlineData("token_endpoint", "https://user@vendor.example.com/token")]
    [InlineData("revocation_endpoint", "http://vendor.example.com/revoke")]
    [InlineData("issuer", "")]
    [InlineData("resource", "not a uri")]
    [InlineData("resource", "https://vendor.example.com/#fragment")]
    [InlineData("ca_cert_pem", "x")]
    [InlineData("tunnel_id", "tunnel_unknown")]
    [InlineData("unknown", "x")]
    public async Task Create_Malformed_IsRefused(string member, string? value) =>
        await bench
            .People.Federated.PostAsync(
                ConnectionBench.Path,
                bench.Body(body =>
                {
                    body["route"] = "wiki";
                    body[member] = value;
                })
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Create_ScopeWithASpaceOrTooMany_IsRefused()
    {
        foreach (
            var scopes in new[]
            {
                new JsonArray("a b"),
                new JsonArray([.. Enumerable.Range(0, 65).Select(i => (JsonNode)$"s{i}")]),
            }
        )
        {
            await bench
                .People.Federated.PostAsync(ConnectionBench.Path, bench.Body(body => body["scopes"] = scopes))
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        }
    }

    [Fact]
    public async Task Create_TargetOutsideTheInstallationsNetworks_IsRefused() =>
        await bench
            .People.Federated.PostAsync(
                ConnectionBench.Path,
                bench.Body(body =>
                    body["allowed_targets"] = new JsonArray(new JsonObject { ["cidr"] = "10.0.0.0/8", ["port"] = 443 })
                )
            )
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "federation.target_not_allowed");

    [Fact]
    public async Task Create_SecondOfARoute_IsRefused_UntilTheFirstIsArchived()
    {
        await bench
            .People.Federated.PostAsync(ConnectionBench.Path, bench.Body())
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.exists");

        await bench.Api.PostOkAsync($"{Own}/archive");

        (await bench.People.Federated.CreateAsync(ConnectionBench.Path, bench.Body()))
            .Text("route")
            .ShouldBe(ConnectionBench.Route);
    }

    [Fact]
    public async Task Create_AtAnArchivedTunnel_IsRefused()
    {
        await bench.Api.PostOkAsync($"/v1/tunnels/{bench.People.TunnelId}/archive");

        await bench
            .People.Federated.PostAsync(ConnectionBench.Path, bench.Body(body => body["route"] = "wiki"))
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "tunnel.archived");
    }

    [Fact]
    public async Task Create_MoreThanTheLimit_IsRefused()
    {
        for (var i = 1; i < ConnectionEndpoints.MaxConnections; i++)
        {
            await bench.People.Federated.CreateAsync(ConnectionBench.Path, bench.Body(body => body["route"] = $"r{i}"));
        }

        await bench
            .People.Federated.PostAsync(ConnectionBench.Path, bench.Body(body => body["route"] = "wiki"))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.limit");
    }

    [Fact]
    public async Task Update_Connection_ChangesNamedMembersAlone()
    {
        var updated = await bench.Api.PostOkAsync(Own, """{"display_name":"Other","scopes":[]}""");

        updated.Text("display_name").ShouldBe("Other");
        updated.GetProperty("scopes").GetArrayLength().ShouldBe(0);
        updated.Text("client_id").ShouldBe(UpstreamDouble.ClientId);
        var audited = (await bench.People.Federated.LastAuditAsync("connection_updated")).GetProperty("event_data");
        audited.GetProperty("secret_replaced").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Update_Secret_IsUsedFromThenOn()
    {
        await bench.Api.PostOkAsync(Own, """{"client_secret":"another secret of it"}""");

        using var browser = new ConsoleBrowser(bench.Service);
        var url = await bench.GoToUpstreamAsync(browser, "ada");
        using var refused = await ConnectionBench.ReturnAsync(browser, bench.Upstream.Allow(url, "ada"));

        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        browser.Page.ShouldContain("connection.upstream_unavailable");
        var audited = await bench.People.Federated.LastAuditAsync("connection_updated");
        audited.GetProperty("event_data").GetProperty("secret_replaced").GetBoolean().ShouldBeTrue();
        audited.ToString().ShouldNotContain("another secret of it");
    }

    // Tokens of people would be sent elsewhere than they allowed.
    [Theory]
    [InlineData("""{"token_endpoint":"https://evil.example.com/token"}""")]
    [InlineData("""{"revocation_endpoint":"https://evil.example.com/revoke"}""")]
    [InlineData("""{"client_secret":null}""")]
    [InlineData("""{"display_name":null}""")]
    public Task Update_EndpointOrMalformed_IsRefused(string body) =>
        bench.Api.PostAsync(Own, body).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Archive_Connection_EndsItsGrantsAndRevokesThemUpstream()
    {
        await bench.ConnectAsync("ada");

        (await bench.Api.PostOkAsync($"{Own}/archive")).Text("archived_at").ShouldNotBeEmpty();
        await bench.Api.PostOkAsync($"{Own}/archive");
        await bench
            .Api.PostAsync(Own, """{"display_name":"Other"}""")
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.archived");
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.archived");
        await bench.RevokeUpstreamAsync();

        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
        (await bench.Api.GetOkAsync(ConnectionBench.Path)).GetProperty("data").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Archive_Tunnel_EndsItsGrantsAndRevokesThemUpstream()
    {
        await bench.ConnectAsync("ada");

        await bench.Api.PostOkAsync($"/v1/tunnels/{bench.People.TunnelId}/archive");
        await bench.RevokeUpstreamAsync();

        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
        var ended = await bench.People.Federated.LastAuditAsync("connection_revoked_upstream");
        ended.GetProperty("event_data").Text("reason").ShouldBe("archived");
        ended.GetProperty("event_data").Text("outcome").ShouldBe("revoked");
    }

    [Fact]
    public async Task Grants_OfTwoPeople_AreListedWithoutTokens_AndOneIsRevoked()
    {
        await bench.ConnectAsync("ada");
        await bench.ConnectAsync("bob");
        var listed = await bench.Api.GetOkAsync($"{Own}/grants");
        var grants = listed.GetProperty("data").EnumerateArray().ToList();
        grants.Select(grant => grant.Text("subject")).ShouldBe(["bob", "ada"]);
        grants[0].Text("issuer").ShouldBe(bench.People.Federated.Provider.Url);
        bench.Upstream.Issued.Count.ShouldBe(4);
        foreach (var token in bench.Upstream.Issued)
        {
            listed.ToString().ShouldNotContain(token);
        }

        await bench.Api.PostOkAsync($"{Own}/grants/{grants[1].Id()}/revoke", """{"reason":"lost laptop"}""");

        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        (await bench.AskOkAsync("bob")).Text("access_token").ShouldStartWith("access-of-bob-");
        await bench
            .Api.PostAsync($"{Own}/grants/{grants[1].Id()}/revoke", null)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        (await bench.People.Federated.LastAuditAsync("connection_grant_ended"))
            .GetProperty("event_data")
            .Text("reason")
            .ShouldBe("by_administrator");
        await bench.RevokeUpstreamAsync();
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
    }

    [Fact]
    public async Task RevokeUpstream_NoAnswer_IsTriedAgainAndThenGivenUp()
    {
        await bench.ConnectAsync("ada");
        bench.Upstream.RefusesRevocations = true;
        var grant = (await bench.Api.GetOkAsync($"{Own}/grants")).GetProperty("data")[0].Id();
        await bench.Api.PostOkAsync($"{Own}/grants/{grant}/revoke");

        var provider = bench.People.Federated.Provider;
        for (var attempt = 1; attempt <= ConnectionRevoker.MaxAttempts; attempt++)
        {
            await bench.RevokeUpstreamAsync();
            await bench.RevokeUpstreamAsync();
            provider.RequestsTo(UpstreamDouble.RevokePath).ShouldBe(attempt);
            bench.Service.Time.Advance(TimeSpan.FromMinutes(1 << (attempt - 1)));
        }

        await bench.RevokeUpstreamAsync();
        provider.RequestsTo(UpstreamDouble.RevokePath).ShouldBe(ConnectionRevoker.MaxAttempts);
        var ended = (await bench.People.Federated.LastAuditAsync("connection_revoked_upstream")).GetProperty(
            "event_data"
        );
        ended.Text("outcome").ShouldBe("given_up");
        ended.GetProperty("attempts").GetInt32().ShouldBe(ConnectionRevoker.MaxAttempts);
    }

    [Fact]
    public async Task RevokeUpstream_NotOffered_RemovesTheGrant()
    {
        var other = await bench.People.Federated.CreateAsync(
            ConnectionBench.Path,
            bench.Body(body =>
            {
                body["route"] = "wiki";
                body.Remove("revocation_endpoint");
            })
        );
        await bench.Api.PostOkAsync($"{Own}/archive");
        bench.UseConnection(other.Id());
        await bench.ConnectAsync("ada");
        await bench.Api.PostOkAsync($"{Own}/archive");

        await bench.RevokeUpstreamAsync();

        (await bench.People.Federated.LastAuditAsync("connection_revoked_upstream"))
            .GetProperty("event_data")
            .Text("outcome")
            .ShouldBe("not_offered");
        (
            await bench
                .Service.Get<Database>()
                .SingleAsync<long>(
                    "SELECT COUNT(*) FROM connection_grants",
                    null,
                    TestContext.Current.CancellationToken
                )
        ).ShouldBe(0);
    }
}
