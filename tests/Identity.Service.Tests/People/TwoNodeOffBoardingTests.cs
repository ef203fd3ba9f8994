using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tests.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.People;

/// <summary>Two service hosts on one PostgreSQL: an off-boarding at one of them ends access at the other.</summary>
public sealed class TwoNodeOffBoardingTests
{
    private const string Path = "/v1/people/off_board";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // The grant is deleted by the decision, so that nothing has to reach the other node first.
    [Fact]
    public async Task OffBoard_OnOneNode_EndsARefreshGrantOnTheOtherAtOnce()
    {
        await using var bench = await AuthorizationBench.StartAsync(options: ServiceUnderTest.OnPostgres);
        await using var other = await bench.Service.JoinAsync("node-2");
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        var (status, answer) = await RefreshAsync(token);
        status.ShouldBe(HttpStatusCode.OK, answer.ToString());

        var done = await bench.Federated.CreateAsync(
            Path,
            new JsonObject
            {
                ["issuer_id"] = bench.IssuerId,
                ["subject"] = "ada",
                ["reason"] = "has left",
            }
        );

        (status, answer) = await RefreshAsync(answer);
        status.ShouldBe(HttpStatusCode.BadRequest);
        answer.Text("error").ShouldBe("invalid_grant");
        done.GetProperty("effects").GetProperty("refresh_grants").GetInt32().ShouldBe(1);

        async Task<(HttpStatusCode, JsonElement)> RefreshAsync(JsonElement held)
        {
            using var client = other.Client(bearer: null);
            using var content = new FormUrlEncodedContent(bench.RefreshForm(held.Text("refresh_token")));
            using var refreshed = await client.PostAsync($"/oauth/{bench.Organization}/token", content, Cancel);
            return (refreshed.StatusCode, await refreshed.JsonAsync());
        }
    }

    [Fact]
    public async Task OffBoard_OnOneNode_ReachesTheFeedOfAnAgentAtTheOther()
    {
        await using var bench = await MachineBench.StartAsync(ServiceUnderTest.OnPostgres);
        await using var other = await bench.Service.JoinAsync("node-2");
        other.Get<ScriptedFederation>().Name(bench.TunnelId);
        var issuer = await bench.Service.Api.PostOkAsync(
            FederatedService.Issuers,
            $$$"""{"name":"people","issuer_url":"{{{ConsolePersons.Issuer}}}","jwks":{"type":"discovery"}}"""
        );
        var (_, machine) = await bench.JoinAsync(bench.AgentToken(), node: other);
        var before = await machine.GetOkAsync("/v1/agent/feed?since=0&wait=0s");
        before.TryGetProperty("off_boarded", out _).ShouldBeFalse();
        var waiting = WaitForOffBoardedAsync(machine, before);

        await bench.Service.Api.PostOkAsync(
            Path,
            $$"""{"issuer_id":"{{issuer.Id()}}","subject":"ada","reason":"has left"}"""
        );

        var person = (await waiting).EnumerateArray().ShouldHaveSingleItem();
        person.Text("issuer_id").ShouldBe(issuer.Id());
        person.Text("subject_hash").ShouldBe(Sha256Text.ToBase64Url("ada"));
    }

    // Time does not pass, so a poll is answered because of a change alone.
    private static async Task<JsonElement> WaitForOffBoardedAsync(HttpClient machine, JsonElement feed)
    {
        JsonElement people;
        while (!feed.TryGetProperty("off_boarded", out people))
        {
            feed = await machine.GetOkAsync($"/v1/agent/feed?since={feed.GetProperty("revision").GetInt64()}&wait=30s");
        }

        return people;
    }
}
