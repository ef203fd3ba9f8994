using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Connections;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Dapper;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Connections;

/// <summary>What agents get: the token of the person and of no other one, refreshed once.</summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class ConnectionTokenTests : IAsyncLifetime
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly CapturedLogs logs = new();
    private ConnectionBench bench = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => bench = await ConnectionBench.StartAsync(logs.AddTo);

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        logs.Dispose();
    }

    [Fact]
    public async Task Ask_Connected_GetsTheTokenUntilShortlyBeforeItsEnd()
    {
        await bench.ConnectAsync("ada");

        var first = await bench.AskOkAsync("ada");
        var second = await bench.AskOkAsync("ada");

        first.Text("type").ShouldBe("connection_token");
        first
            .Text("expires_at")
            .ShouldBe(
                (bench.Service.Time.GetUtcNow() + Life).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            );
        second.Text("access_token").ShouldBe(first.Text("access_token"));
        bench.Upstream.RefreshesOf("ada").ShouldBe(0);
        var audited = await bench.People.Federated.LastAuditAsync("connection_token_issued");
        audited.GetProperty("actor").Text("type").ShouldBe("agent");
        audited.GetProperty("event_data").Text("subject").ShouldBe("ada");
        audited.GetProperty("event_data").GetProperty("refreshed").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Ask_WithTheTokenOfTheIdentityProvider_IsTheSamePerson()
    {
        await bench.ConnectAsync("ada");
        var own = await bench.AskOkAsync("ada");

        var provider = await bench
            .Agent.PostAsync(ConnectionBench.TokenPath, bench.Ask("ada", bench.People.Federated.Provider.Url))
            .ShouldBeOkAsync();

        provider.Text("access_token").ShouldBe(own.Text("access_token"));
        // The same subject at another issuer is another person.
        await bench
            .Agent.PostAsync(ConnectionBench.TokenPath, bench.Ask("ada", "https://other.example.com"))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
    }

    [Fact]
    public async Task Ask_RouteWithoutAConnection_IsRefused() =>
        await bench
            .Agent.PostAsync(ConnectionBench.TokenPath, bench.Ask("ada", route: "wiki"))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.unknown");

    [Theory]
    [InlineData("""{"route":"","issuer":"https://idp.example.com","subject":"ada"}""")]
    [InlineData("""{"route":"docs","issuer":"","subject":"ada"}""")]
    [InlineData("""{"route":"docs","issuer":"https://idp.example.com","subject":""}""")]
    [InlineData("""{"route":"docs","issuer":"https://idp.example.com"}""")]
    [InlineData("""{"route":"docs","issuer":"https://idp.example.com","subject":"ada","refused_token_hash":""}""")]
    [InlineData("""{"route":"docs","issuer":"https://idp.example.com","subject":"ada","tunnel_id":"x"}""")]
    public Task Ask_Malformed_IsRefused(string body) =>
        bench
            .Agent.PostAsync(ConnectionBench.TokenPath, body)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");

    [Fact]
    public async Task Ask_AgentOfAnotherTunnelOrOrganization_GetsNothing()
    {
        await bench.ConnectAsync("ada");
        var other = (await bench.Api.PostOkAsync("/v1/tunnels")).Id();

        await bench
            .AskAsync("ada", bench.AgentAt(bench.Service, bench.People.Organization, other))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.unknown");
        await bench
            .AskAsync("ada", bench.AgentAt(bench.Service, "org_other", bench.People.TunnelId))
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Ask_ShortlyBeforeTheEnd_IsRefreshedAndTheNewRefreshTokenStored()
    {
        await bench.ConnectAsync("ada");
        var first = await bench.AskOkAsync("ada");

        for (var round = 1; round <= 3; round++)
        {
            bench.Service.Time.Advance(Life - ConnectionTokens.Margin);
            var next = await bench.AskOkAsync("ada");
            next.Text("access_token").ShouldNotBe(first.Text("access_token"));
            bench.Upstream.RefreshesOf("ada").ShouldBe(round);
            first = next;
        }

        var audited = await bench.People.Federated.LastAuditAsync("connection_token_issued");
        audited.GetProperty("event_data").GetProperty("refreshed").GetBoolean().ShouldBeTrue();
        audited.GetProperty("event_data").GetProperty("generation").GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task Ask_UpstreamEndedTheGrant_IsRefusedWithTheLinkAndAudited()
    {
        await bench.ConnectAsync("ada");
        bench.Upstream.Forget("ada");
        bench.Service.Time.Advance(Life);

        var refused = await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.grant_ended");

        refused.GetProperty("details").Text("connect_url").ShouldBe(bench.ConnectUrl);
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        (await ReasonAsync()).ShouldBe("refused_by_upstream");
        await bench.RevokeUpstreamAsync();
        bench.Upstream.Revoked.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ask_UpstreamFails_IsUnavailable_AndTheUpstreamIsLeftAloneForAWhile()
    {
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(Life);
        var calls = 0;
        bench.Upstream.Instead = http =>
        {
            calls++;
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        };

        using var failed = await bench.AskAsync("ada");
        failed.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await failed.ErrorCodeAsync()).ShouldBe("connection.upstream_unavailable");
        failed.Header("Retry-After").ShouldBe("5");
        await bench
            .AskAsync("ada")
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "connection.upstream_unavailable");
        calls.ShouldBe(1);
        logs.Text.ShouldContain("7050");
        bench.Upstream.Instead = null;
        bench.Service.Time.Advance(ConnectionTokens.FailurePause);

        (await bench.AskOkAsync("ada")).Text("access_token").ShouldStartWith("access-of-ada-");
    }

    [Fact]
    public async Task Ask_UpstreamFailsBeforeTheEnd_GetsTheTokenThatIsStillValid()
    {
        await bench.ConnectAsync("ada");
        var before = await bench.AskOkAsync("ada");
        bench.Service.Time.Advance(Life - TimeSpan.FromSeconds(30));
        bench.Upstream.Instead = http =>
        {
            http.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        };

        (await bench.AskOkAsync("ada")).Text("access_token").ShouldBe(before.Text("access_token"));
    }

    [Fact]
    public async Task Ask_AfterARefreshWithoutAResult_TriesAgain_AndTheAuditSaysThatItWasInterrupted()
    {
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(Life);
        await ReserveAsync("ada", TimeSpan.FromSeconds(30));
        // The node ended between the upstream's answer and the commit.
        bench.Upstream.Forget("ada");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(31));

        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.grant_ended");

        (await ReasonAsync()).ShouldBe("refresh_interrupted");
        logs.Text.ShouldContain("7051");
    }

    [Fact]
    public async Task Ask_AnotherNodeRefreshes_WaitsAndIsBusyAfterTenSeconds()
    {
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(Life);
        await ReserveAsync("ada", TimeSpan.FromMinutes(5));

        var asked = bench.AskAsync("ada");
        while (!asked.IsCompleted)
        {
            bench.Service.Time.Advance(TimeSpan.FromMilliseconds(250));
            // One step of the clock for each round trip, so that it does not run ahead of the request.
            await bench.Api.GetOkAsync("/v1/clock");
        }

        await asked.ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "connection.busy");
        bench.Upstream.RefreshesOf("ada").ShouldBe(0);
    }

    [Fact]
    public async Task Ask_RevokedDuringTheRefresh_GetsNothing_AndTheNewTokenIsRevokedUpstream()
    {
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(Life);
        bench.Upstream.BeforeRefresh = async () =>
        {
            bench.Upstream.BeforeRefresh = null;
            await bench.OffBoardAsync("ada");
        };

        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        await bench.RevokeUpstreamAsync();

        bench.Upstream.Revoked.Single().ShouldBe(bench.Upstream.Issued.Last());
    }

    [Fact]
    public async Task OffBoarding_EndsAndCountsTheGrants_AndRevokesThemUpstream()
    {
        await bench.ConnectAsync("ada");
        await bench.ConnectAsync("bob");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(2));

        var done = await bench.OffBoardAsync("ada");

        done.GetProperty("effects").GetProperty("connection_grants").GetInt32().ShouldBe(1);
        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");
        (await bench.AskOkAsync("bob")).Text("access_token").ShouldStartWith("access-of-bob-");
        await bench.RevokeUpstreamAsync();
        bench.Upstream.Revoked.Single().ShouldStartWith("refresh-of-ada-");
    }

    [Fact]
    public async Task Ask_TokenWithoutAnEnd_IsUsedAnHourAtATime()
    {
        (bench.Upstream.Life, bench.Upstream.GivesRefreshTokens) = (null, false);
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(TimeSpan.FromMinutes(30));

        var answer = await bench.AskOkAsync("ada");

        answer
            .Text("expires_at")
            .ShouldBe(
                (bench.Service.Time.GetUtcNow() + TimeSpan.FromHours(1)).ToString(
                    "yyyy-MM-ddTHH:mm:ssZ",
                    CultureInfo.InvariantCulture
                )
            );
    }

    [Fact]
    public async Task Ask_TokenThatTheUpstreamRefused_IsRefreshedBeforeItsEnd_Once()
    {
        await bench.ConnectAsync("ada");
        var first = (await bench.AskOkAsync("ada")).Text("access_token");

        var second = (await AskAfterRefusalAsync("ada", first)).Text("access_token");
        var again = (await AskAfterRefusalAsync("ada", first)).Text("access_token");

        second.ShouldNotBe(first);
        again.ShouldBe(second);
        bench.Upstream.RefreshesOf("ada").ShouldBe(1);
    }

    [Fact]
    public async Task Ask_RefusedTokenWithoutARefreshToken_IsTheSameWithThePage()
    {
        (bench.Upstream.Life, bench.Upstream.GivesRefreshTokens) = (null, false);
        await bench.ConnectAsync("ada");
        var first = (await bench.AskOkAsync("ada")).Text("access_token");

        var answer = await AskAfterRefusalAsync("ada", first);

        answer.Text("access_token").ShouldBe(first);
        answer.Text("connect_url").ShouldBe(bench.ConnectUrl);
    }

    [Fact]
    public async Task Ask_RefusedTokenAndEndedGrant_IsRefusedWithTheLink()
    {
        await bench.ConnectAsync("ada");
        var first = (await bench.AskOkAsync("ada")).Text("access_token");
        bench.Upstream.Forget("ada");

        await bench
            .Agent.PostAsync(ConnectionBench.TokenPath, AskAfterRefusal("ada", first))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "connection.grant_ended");
    }

    [Fact]
    public async Task Ask_ExpiredWithoutARefreshToken_EndsTheGrant()
    {
        bench.Upstream.GivesRefreshTokens = false;
        await bench.ConnectAsync("ada");
        bench.Service.Time.Advance(Life);

        await bench.AskAsync("ada").ShouldRefuseAsync(HttpStatusCode.NotFound, "connection.grant_missing");

        (await ReasonAsync()).ShouldBe("expired");
    }

    [Fact]
    public async Task Ask_ThousandCallersOfFiftyPeople_EachGetsTheirOwnToken_AndEachGrantIsRefreshedOnce()
    {
        const int People = 50;
        const int Callers = 1_000;
        for (var i = 0; i < People; i++)
        {
            await bench.AddGrantAsync($"person{i}", TimeSpan.FromSeconds(30));
        }

        var got = new ConcurrentBag<(string Person, string Token)>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Callers),
            new ParallelOptions { MaxDegreeOfParallelism = 100, CancellationToken = Cancel },
            async (number, _) =>
            {
                var person = $"person{number % People}";
                got.Add((person, (await bench.AskOkAsync(person)).Text("access_token")));
            }
        );

        got.Count.ShouldBe(Callers);
        got.Where(one => !one.Token.StartsWith($"access-of-{one.Person}-", StringComparison.Ordinal)).ShouldBeEmpty();
        got.Distinct().Count().ShouldBe(People);
        Enumerable.Range(0, People).Where(i => bench.Upstream.RefreshesOf($"person{i}") != 1).ShouldBeEmpty();
    }

    [Fact]
    public async Task Tokens_AreInNoLogNoAuditNoTelemetryAndNoColumn()
    {
        using var telemetry = new TelemetryText();
        await bench.ConnectAsync("ada");
        await bench.AskOkAsync("ada");
        bench.Service.Time.Advance(Life);
        await bench.AskOkAsync("ada");
        bench.Upstream.RefusesRevocations = true;
        await bench.OffBoardAsync("ada");
        await bench.RevokeUpstreamAsync();
        bench.Upstream.Issued.Count.ShouldBe(4);
        string[] secrets = [.. bench.Upstream.Issued, UpstreamDouble.Secret];

        var database = bench.Service.Get<Database>();
        using var connection = database.OpenWrite();
        var stored = new StringBuilder();
        foreach (var (table, _) in database.DescribeTables(connection))
        {
            foreach (var row in connection.Query($"SELECT * FROM {table.Name}").Cast<IDictionary<string, object>>())
            {
                foreach (var value in row.Values)
                {
                    stored.AppendLine(value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}");
                }
            }
        }

        // The control: what is not secret is found in both.
        var audit = (await bench.Api.GetOkAsync("/v1/audit?limit=100")).ToString();
        stored.ToString().ShouldContain(bench.ConnectionId);
        audit.ShouldContain(bench.ConnectionId);
        logs.Text.ShouldContain(bench.ConnectionId);
        var measured = telemetry.ToString();
        measured.ShouldContain("/v1/agent/connection_tokens");
        foreach (var secret in secrets)
        {
            stored.ToString().ShouldNotContain(secret);
            audit.ShouldNotContain(secret);
            logs.Text.ShouldNotContain(secret);
            measured.ShouldNotContain(secret);
        }
    }

    private Task<JsonElement> AskAfterRefusalAsync(string person, string token) =>
        bench.Agent.PostAsync(ConnectionBench.TokenPath, AskAfterRefusal(person, token)).ShouldBeOkAsync();

    private string AskAfterRefusal(string person, string token)
    {
        var body = JsonNode.Parse(bench.Ask(bench.SubjectOf(person)))!;
        body["refused_token_hash"] = ConnectionTokenRequest.HashToken(token);
        return body.ToJsonString();
    }

    private async Task<string> ReasonAsync() =>
        (await bench.People.Federated.LastAuditAsync("connection_grant_ended"))
            .GetProperty("event_data")
            .Text("reason");

    // What a refresh of another node stores first.
    private async Task ReserveAsync(string person, TimeSpan life)
    {
        var grants = bench.Service.Get<ConnectionGrantStore>();
        var grant = await grants.FindAsync(
            ConnectionId.Wrap(bench.ConnectionId),
            new ConnectionPerson(bench.People.Federated.Provider.Url, person),
            Cancel
        );
        var result = await bench
            .Service.Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Statements = [ConnectionGrantStore.Reserve(grant!, bench.Service.Time.GetStoreNow() + life)],
                },
                Cancel
            );
        result.Outcome.ShouldBe(CommitOutcome.Committed);
    }
}
