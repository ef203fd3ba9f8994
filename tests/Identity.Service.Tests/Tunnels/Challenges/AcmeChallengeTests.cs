using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Challenges;
using Culvert.Identity.Service.Tunnels.Hostnames;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Challenges;

/// <summary>Announced challenges (S25), with agents and edges that enrol over real TLS.</summary>
public sealed class AcmeChallengeTests
{
    private const string Path = "/v1/agent/acme_challenges";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Announce_Own_ReachesBothFeedsAndWaitsForEachLiveMachine()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, first) = await bench.JoinAsync(bench.AgentToken());
        var (_, second) = await bench.JoinAsync(bench.AgentToken(), "two");
        var (edgeId, edge) = await JoinEdgeAsync(bench);
        await first.GetOkAsync("/v1/agent/feed");
        await second.GetOkAsync("/v1/agent/feed");
        await edge.GetOkAsync("/v1/edge/feed");

        var announced = await AnnounceAsync(bench, first);

        announced.GetProperty("acknowledged").GetBoolean().ShouldBeFalse();
        Waiting(announced).Count.ShouldBe(3);
        var id = announced.Id();
        var told = (await second.GetOkAsync("/v1/agent/feed")).GetProperty("acme_challenges")[0];
        told.Id().ShouldBe(id);
        told.Text("name").ShouldBe(Name(bench));
        told.Text("key_authorization_sha256").ShouldBe(Digest(1));
        (await edge.GetOkAsync("/v1/edge/feed")).GetProperty("acme_challenges")[0].ToString().ShouldBe(told.ToString());

        await AcknowledgeAsync(first, $"{Path}/{id}");
        await AcknowledgeAsync(first, $"{Path}/{id}"); // twice is once
        await AcknowledgeAsync(second, $"{Path}/{id}");
        Waiting(await first.GetOkAsync($"{Path}/{id}")).ShouldBe([edgeId]);
        await AcknowledgeAsync(edge, $"/v1/edge/acme_challenges/{id}");
        (await second.GetOkAsync($"{Path}/{id}")).GetProperty("acknowledged").GetBoolean().ShouldBeTrue();

        using var ended = await first.DeleteAsync(new Uri($"{Path}/{id}", UriKind.Relative), Cancel);
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await edge.GetOkAsync("/v1/edge/feed")).TryGetProperty("acme_challenges", out _).ShouldBeFalse();
        await first
            .GetAsync(new Uri($"{Path}/{id}", UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
    }

    [Fact]
    public async Task Announce_SameAgain_IsTheSame_AnotherDigestOfTheSameAgentReplacesIt_OfAnotherIsBusy()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, first) = await bench.JoinAsync(bench.AgentToken());
        var (_, second) = await bench.JoinAsync(bench.AgentToken(), "two");

        var id = (await AnnounceAsync(bench, first)).Id();
        (await AnnounceAsync(bench, first)).Id().ShouldBe(id);
        var replaced = (await AnnounceAsync(bench, first, digest: Digest(2))).Id();
        replaced.ShouldNotBe(id);
        await AnnounceCall(bench, second, digest: Digest(3))
            .ShouldRefuseAsync(HttpStatusCode.Conflict, "acme_challenge.busy");

        bench.Service.Time.Advance(TimeSpan.FromMinutes(5));
        (await AnnounceAsync(bench, second, digest: Digest(3))).Id().ShouldNotBe(replaced);
    }

    [Fact]
    public async Task Announce_Bad_IsRefusedByName()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, agent) = await bench.JoinAsync(bench.AgentToken());
        var domain = bench.Tunnel.Text("domain");

        foreach (var name in (string[])["other.example.com", "a.b." + domain, "*." + domain, "", "mcp.example.com"])
        {
            await AnnounceCall(bench, agent, name: name)
                .ShouldRefuseAsync(HttpStatusCode.Forbidden, "acme_challenge.name");
        }

        foreach (var digest in (string[])["", "AA", Digest(1) + "=", Digest(1)[..42] + "B"])
        {
            await AnnounceCall(bench, agent, digest: digest)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "acme_challenge.digest");
        }

        foreach (var seconds in (int[])[0, -1, 601])
        {
            await AnnounceCall(bench, agent, seconds: seconds)
                .ShouldRefuseAsync(HttpStatusCode.BadRequest, "acme_challenge.expiry");
        }

        await AnnounceAsync(bench, agent, seconds: 600, name: domain);
    }

    [Fact]
    public async Task Announce_HostnameOfTheTunnel_OnlyWhileActive()
    {
        await using var bench = await MachineBench.StartAsync(o =>
            o with
            {
                Tunnels = o.Tunnels with { Hostnames = new HostnameOptions { PublicSuffixFile = "/absent" } },
            }
        );
        var (_, agent) = await bench.JoinAsync(bench.AgentToken());
        var path = $"/v1/tunnels/{bench.TunnelId}/hostnames";
        await bench.Service.Api.PostOkAsync(path, """{"name":"mcp.example.com"}""");
        await AnnounceCall(bench, agent, name: "mcp.example.com")
            .ShouldRefuseAsync(HttpStatusCode.Forbidden, "acme_challenge.name");

        await bench.Service.Api.PostOkAsync($"{path}/mcp.example.com/approve");

        await AnnounceAsync(bench, agent, name: "mcp.example.com");
    }

    [Fact]
    public async Task Announce_TooManyAtOnceOrInAMinute_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, agent) = await bench.JoinAsync(bench.AgentToken());
        var domain = bench.Tunnel.Text("domain");
        for (var i = 0; i < 30; i++)
        {
            await AnnounceAsync(bench, agent, name: $"n{i}.{domain}");
        }

        await AnnounceCall(bench, agent, name: "n30." + domain)
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "acme_challenge.rate");
        bench.Service.Time.Advance(TimeSpan.FromMinutes(1));
        for (var i = 30; i < AcmeChallengeEndpoints.MaxLive; i++)
        {
            await AnnounceAsync(bench, agent, name: $"n{i}.{domain}");
        }

        await AnnounceCall(bench, agent, name: "n32." + domain)
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "acme_challenge.limit");
    }

    [Fact]
    public async Task Expiry_EndsItEverywhere()
    {
        await using var bench = await MachineBench.StartAsync();
        var (_, agent) = await bench.JoinAsync(bench.AgentToken());
        var (_, edge) = await JoinEdgeAsync(bench);
        var id = (await AnnounceAsync(bench, agent, seconds: 60)).Id();
        bench.Service.Time.Advance(TimeSpan.FromSeconds(60));

        await agent
            .GetAsync(new Uri($"{Path}/{id}", UriKind.Relative), Cancel)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        await edge.PostAsync($"/v1/edge/acme_challenges/{id}/acknowledgements", null)
            .ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        (await edge.GetOkAsync("/v1/edge/feed")).TryGetProperty("acme_challenges", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Announce_AtANodeThatTheEdgeNeverCalled_WaitsForTheEdge()
    {
        await using var bench = await MachineBench.StartAsync(o =>
            o with
            {
                Storage = ServiceUnderTest.OptionsIn(o.StateDirectory, StorageBackend.Postgres).Storage,
            }
        );
        var (edgeId, edge) = await JoinEdgeAsync(bench);
        await edge.GetOkAsync("/v1/edge/feed");
        await using var other = await bench.Service.JoinAsync("node-2");
        var (_, agent) = await bench.JoinAsync(bench.AgentToken());
        await agent.GetOkAsync("/v1/agent/feed");
        var live = await other.Get<TunnelEdges>().ListAsync(await TunnelAsync(), Cancel);

        live.ShouldHaveSingleItem().Live.ShouldBeTrue();
        live[0].Id.ShouldBe(edgeId);

        async Task<Tunnel> TunnelAsync() =>
            (await other.Get<TunnelStore>().FindAsync(bench.TunnelId, Cancel)).ShouldNotBeNull();
    }

    private static string Name(MachineBench bench) => "docs." + bench.Tunnel.Text("domain");

    private static string Digest(byte fill) => Base64Url.EncodeToString(Enumerable.Repeat(fill, 32).ToArray());

    private static IReadOnlyList<string> Waiting(JsonElement challenge) =>
        [.. challenge.GetProperty("waiting_for").EnumerateArray().Select(id => id.GetString()!)];

    private static async Task AcknowledgeAsync(HttpClient machine, string challenge)
    {
        using var answer = await machine.PostAsync($"{challenge}/acknowledgements", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private static async Task<JsonElement> AnnounceAsync(
        MachineBench bench,
        HttpClient agent,
        string? name = null,
        string? digest = null,
        int seconds = 300
    )
    {
        using var answer = await AnnounceCall(bench, agent, name, digest, seconds);
        var body = await answer.JsonAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    private static Task<HttpResponseMessage> AnnounceCall(
        MachineBench bench,
        HttpClient agent,
        string? name = null,
        string? digest = null,
        int seconds = 300
    ) =>
        agent.PostAsync(
            Path,
            JsonSerializer.Serialize(
                new AcmeChallengeRequest(
                    Name: name ?? Name(bench),
                    KeyAuthorizationSha256: digest ?? Digest(1),
                    ExpiresAt: bench.Service.Time.GetUtcNow().AddSeconds(seconds)
                ),
                WireJson.Default.AcmeChallengeRequest
            )
        );

    private static async Task<(string Id, HttpClient Machine)> JoinEdgeAsync(MachineBench bench)
    {
        var id = await FeedTests.CreateEdgeAsync(bench.Service);
        return (id, (await bench.JoinEdgeAsync(bench.EdgeToken(id), id)).Machine);
    }
}
