using System.Globalization;
using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.Identity.Service.Tunnels.Machines;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Assignment;

/// <summary>S6: an edge learns of the tunnels that it is assigned, and of no others; their agents dial that edge alone.</summary>
public sealed class EdgeAssignmentTests
{
    private const string Report = """
        {"revision":1,"epochs":{"platform":1},"serial":"ed9e","version":"0.1.0","sni_public_port":9443,
         "agents":[],"client_connections":{}}
        """;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly ScriptedPeers peers = new();
    private readonly ScriptedEnrollments enrollments = new();

    [Fact] // rule S6: a stolen edge tells its thief nothing of the tunnels of others
    public async Task EdgeFeed_TwoOrganizationsAtTwoEdges_HoldsNoWordOfTheOther()
    {
        await using var service = await StartAsync();
        var other = await service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var others = service.Client(key.Text("admin_key"));
        var (atA, atB) = (await EdgeAsync(service, "edge-a"), await EdgeAsync(service, "edge-b"));
        var one = await PinnedAsync(service, service.Api, atA.Id, "10.1.0.0/16");
        var two = await PinnedAsync(service, others, atB.Id, "10.2.0.0/16");

        foreach (var (edge, own, foreign) in new[] { (atA.Client, one, two), (atB.Client, two, one) })
        {
            var feed = await (await edge.GetAsync("/v1/edge/feed", Cancel)).Content.ReadAsStringAsync(Cancel);
            own.Words.ShouldAllBe(word => feed.Contains(word, StringComparison.Ordinal));
            foreign.Words.ShouldAllBe(word => !feed.Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task AgentFeed_OneEdgePerTunnel_NamesTheAssignedOneAlone()
    {
        await using var service = await StartAsync();
        string[] ids = [(await EdgeAsync(service, "edge-a")).Id, (await EdgeAsync(service, "edge-b")).Id];
        await EndHandoversAsync(service);

        for (var i = 0; i < 4; i++)
        {
            var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
            var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

            var dialed = Ids((await agent.GetOkAsync("/v1/agent/feed")).GetProperty("edges"));

            dialed.ShouldBe(Texts(tunnel.GetProperty("assigned_edge_ids")));
            ids.ShouldContain(dialed.Single());
        }
    }

    [Fact]
    public async Task DefaultNumber_TwoEdges_AreAll()
    {
        await using var service = await StartAsync(number: TunnelOptions.DefaultEdgesPerTunnel);
        string[] ids = [(await EdgeAsync(service, "edge-a")).Id, (await EdgeAsync(service, "edge-b")).Id];

        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");

        Texts(tunnel.GetProperty("assigned_edge_ids")).ShouldBe(ids, ignoreOrder: true);
    }

    [Fact] // clients are sent to the new edge; the old one serves until they have found it, and its agents leave first
    public async Task Pin_ToAnotherEdge_HandsTheTunnelOver()
    {
        await using var service = await StartAsync();
        var (a, b) = (await EdgeAsync(service, "edge-a"), await EdgeAsync(service, "edge-b"));
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await PinAsync(service, tunnel.Id(), a.Id);
        await EndHandoversAsync(service);
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        (await DialedAsync(agent)).ShouldBe([a.Id]);

        (await PinAsync(service, tunnel.Id(), b.Id)).GetProperty("assigned_edge_ids")[0].GetString().ShouldBe(b.Id);

        (await DialedAsync(agent)).ShouldBe([b.Id, a.Id]);
        (await ServedAsync(a.Client)).ShouldBe([tunnel.Id()]);
        (await ServedAsync(b.Client)).ShouldBe([tunnel.Id()]);
        var status = await service.Api.GetOkAsync($"/v1/tunnels/{tunnel.Id()}/status");
        status
            .GetProperty("edges")
            .EnumerateArray()
            .Select(edge => (edge.Id(), edge.GetProperty("assigned").GetBoolean()))
            .ShouldBe([(b.Id, true), (a.Id, false)]);

        await PassAsync(service, service.Options.Tunnels.EdgeHandover);
        (await DialedAsync(agent)).ShouldBe([b.Id]);
        (await ServedAsync(a.Client)).ShouldBe([tunnel.Id()], "calls that run there may finish");

        await PassAsync(service, EdgeHandovers.LongestDrain);
        (await ServedAsync(a.Client)).ShouldBeEmpty();
        (await ServedAsync(b.Client)).ShouldBe([tunnel.Id()]);
    }

    [Fact]
    public async Task Drain_Edge_IsReplacedAtOnceAndServesMeanwhile()
    {
        await using var service = await StartAsync();
        var (a, b) = (await EdgeAsync(service, "edge-a"), await EdgeAsync(service, "edge-b"));
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await PinAsync(service, tunnel.Id(), a.Id);
        await EndHandoversAsync(service);
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var revision = (await agent.GetOkAsync("/v1/agent/feed")).GetProperty("revision").GetInt64();
        var waiting = agent.GetAsync($"/v1/agent/feed?since={revision}&wait=30s", Cancel);

        await service.Api.PostOkAsync($"/v1/edges/{a.Id}/drain");

        Ids((await (await waiting).JsonAsync()).GetProperty("edges")).ShouldBe([b.Id, a.Id]);
        var feed = await a.Client.GetOkAsync("/v1/edge/feed");
        feed.GetProperty("edge").GetProperty("draining").GetBoolean().ShouldBeTrue();
        Ids(feed.GetProperty("tunnels")).ShouldBe([tunnel.Id()]);

        await service.Api.PostOkAsync($"/v1/edges/{a.Id}/resume");
        (await DialedAsync(agent)).ShouldBe([a.Id, b.Id]);
    }

    [Fact]
    public async Task Archive_Edge_ItsTunnelsGoToTheOther()
    {
        await using var service = await StartAsync();
        var (a, b) = (await EdgeAsync(service, "edge-a"), await EdgeAsync(service, "edge-b"));
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await PinAsync(service, tunnel.Id(), a.Id);
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());

        await service.Api.PostOkAsync($"/v1/edges/{a.Id}/archive");

        (await DialedAsync(agent)).ShouldBe([b.Id]);
    }

    [Fact] // it may never start
    public async Task Register_EdgeThatNeverReported_GetsNoTunnelOfAnother()
    {
        await using var service = await StartAsync();
        var a = await EdgeAsync(service, "edge-a");
        var late = await FeedTests.CreateEdgeAsync(service, "edge-late");
        var tunnels = new List<JsonElement>();
        for (var i = 0; i < 20; i++)
        {
            tunnels.Add(await service.Api.PostOkAsync("/v1/tunnels"));
        }

        tunnels.ShouldAllBe(tunnel => tunnel.GetProperty("assigned_edge_ids")[0].GetString() == a.Id);
        var (client, _) = service.Edge(peers, late);
        await client.PostAsync("/v1/edge/reports", Report);

        var gained = await ServedAsync(client);
        gained.Length.ShouldBeInRange(1, 19);
        (await ServedAsync(a.Client)).Length.ShouldBe(20, "it hands them over");
    }

    [Fact]
    public async Task EdgeFeed_RevokedAgents_AreThoseOfItsTunnels()
    {
        await using var service = await StartAsync();
        var (a, b) = (await EdgeAsync(service, "edge-a"), await EdgeAsync(service, "edge-b"));
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await PinAsync(service, tunnel.Id(), a.Id);
        await EndHandoversAsync(service);
        var revoked = FeedTests.Enrollment(tunnel.Id(), service) with { RevokedAt = service.Time.GetUtcNow() };
        enrollments.Add(revoked);

        (await RevokedAsync(a.Client)).ShouldBe([revoked.Serial!, revoked.Id.Value]);
        (await RevokedAsync(b.Client)).ShouldBeEmpty();

        static async Task<string[]> RevokedAsync(HttpClient edge)
        {
            var feed = await edge.GetOkAsync("/v1/edge/feed");
            return [.. Texts(feed.GetProperty("revoked_serials")), .. Texts(feed.GetProperty("revoked_enrolments"))];
        }
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Challenge_OfATunnelAtAnotherEdge_DoesNotExistThere()
    {
        await using var service = await StartAsync();
        var (a, b) = (await EdgeAsync(service, "edge-a"), await EdgeAsync(service, "edge-b"));
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        await PinAsync(service, tunnel.Id(), a.Id);
        await EndHandoversAsync(service);
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        var expires = service.Time.GetUtcNow().AddMinutes(5).ToString("O", CultureInfo.InvariantCulture);
        var answer = await agent.PostAsync(
            "/v1/agent/acme_challenges",
            $$"""
            {"name":"docs.{{tunnel.Text("domain")}}","expires_at":"{{expires}}",
             "key_authorization_sha256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
            """
        );
        var challenge = await answer.JsonAsync();
        var path = $"/v1/edge/acme_challenges/{challenge.Id()}/acknowledgements";

        (await b.Client.GetOkAsync("/v1/edge/feed")).TryGetProperty("acme_challenges", out _).ShouldBeFalse();
        (await a.Client.GetOkAsync("/v1/edge/feed")).GetProperty("acme_challenges").GetArrayLength().ShouldBe(1);
        await b.Client.PostAsync(path, "{}").ShouldRefuseAsync(HttpStatusCode.NotFound, "request.not_found");
        (await a.Client.PostAsync(path, "{}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Pin_IsAuditedWithWhatItWas()
    {
        await using var service = await StartAsync();
        var edge = await EdgeAsync(service, "edge-a");
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");

        var updated = await PinAsync(service, tunnel.Id(), edge.Id);

        Texts(updated.GetProperty("edge_ids")).ShouldBe([edge.Id]);
        var data = (await service.Api.GetOkAsync("/v1/audit?limit=100"))
            .GetProperty("data")
            .EnumerateArray()
            .Select(entry => entry.GetProperty("body"))
            .First(body => body.Text("event") == "tunnel_updated")
            .GetProperty("event_data");
        Texts(data.GetProperty("before").GetProperty("edge_ids")).ShouldBeEmpty();
        Texts(data.GetProperty("after").GetProperty("edge_ids")).ShouldBe([edge.Id]);
    }

    [Theory]
    [InlineData("ARCHIVED", "edge.unknown")]
    [InlineData(@"""x""", "request.invalid")]
    [InlineData("null", "request.invalid")]
    [InlineData("ARCHIVED,ARCHIVED", "request.invalid")]
    public async Task Pin_NoEdge_IsRefused(string written, string code)
    {
        await using var service = await StartAsync();
        var tunnel = await service.Api.PostOkAsync("/v1/tunnels");
        var archived = await FeedTests.CreateEdgeAsync(service);
        await service.Api.PostOkAsync($"/v1/edges/{archived}/archive");
        var pins = written.Replace("ARCHIVED", $"\"{archived}\"", StringComparison.Ordinal);

        await service
            .Api.PostAsync("/v1/tunnels/" + tunnel.Id(), $$"""{"edge_ids":[{{pins}}]}""")
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact] // the edges that lose tunnels by it hand them over
    public async Task Number_Smaller_IsInForceAtOnce()
    {
        await using var service = await StartAsync(number: 3);
        var tunnel = await ThreeEdgesAsync(service);
        var (agent, _) = service.Agent(peers, tunnel.Text("organization_id"), tunnel.Id());
        tunnel.GetProperty("assigned_edge_ids").GetArrayLength().ShouldBe(3);

        await SetNumberAsync(service, 2);

        tunnel = await service.Api.GetOkAsync("/v1/tunnels/" + tunnel.Id());
        tunnel.GetProperty("assigned_edge_ids").GetArrayLength().ShouldBe(2);
        (await DialedAsync(agent)).Length.ShouldBe(3);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Number_AnotherOneConfigured_CountsFromTheStartOn()
    {
        var service = await StartAsync(number: 3);
        try
        {
            var tunnel = await ThreeEdgesAsync(service);
            await SetNumberAsync(service, 2);

            service = await service.RestartAsync();

            tunnel = await service.Api.GetOkAsync("/v1/tunnels/" + tunnel.Id());
            tunnel.GetProperty("assigned_edge_ids").GetArrayLength().ShouldBe(3);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private async Task<JsonElement> ThreeEdgesAsync(ServiceUnderTest service)
    {
        for (var i = 0; i < 3; i++)
        {
            await EdgeAsync(service, $"edge-{i}");
        }

        await EndHandoversAsync(service);
        return await service.Api.PostOkAsync("/v1/tunnels");
    }

    private static async Task SetNumberAsync(ServiceUnderTest service, int number)
    {
        var statements = service.Get<AssignmentStore>().SetEdgesPerTunnel(number, service.Time.GetUtcNow());
        var decision = new Decision { Statements = statements, Changes = ChangeTopics.Feed };
        (await service.Get<IJournal>().CommitAsync(decision, Cancel)).IsCommitted.ShouldBeTrue();
    }

    private Task<ServiceUnderTest> StartAsync(int number = 1) =>
        ServiceUnderTest.StartAsync(
            services =>
                services
                    .AddSingleton<IMachinePeerVerifier>(peers)
                    .AddSingleton<IAgentEnrollments>(enrollments)
                    .AddSingleton<IRevokedMachines>(enrollments),
            options => options with { Tunnels = options.Tunnels with { EdgesPerTunnel = number, PerOrganization = 50 } }
        );

    private async Task<(string Id, HttpClient Client)> EdgeAsync(ServiceUnderTest service, string name)
    {
        var id = await FeedTests.CreateEdgeAsync(service, name);
        var (client, _) = service.Edge(peers, id);
        (await client.PostAsync("/v1/edge/reports", Report)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        return (id, client);
    }

    /// <summary>
    /// A tunnel at one edge with one of everything that its edge receives, and the words that show it in the feed.
    /// </summary>
    private async Task<(string Id, string[] Words)> PinnedAsync(
        ServiceUnderTest service,
        HttpClient api,
        string edgeId,
        string range
    )
    {
        var tunnel = await api.PostOkAsync("/v1/tunnels");
        var id = tunnel.Id();
        await api.PostOkAsync(
            "/v1/tunnels/" + id,
            $$"""{"edge_ids":["{{edgeId}}"],"client_source_ranges":["{{range}}"]}"""
        );
        await api.PostOkAsync(
            $"/v1/tunnels/{id}/client_certificate_authorities",
            JsonSerializer.Serialize(
                new
                {
                    ca_certificate_pem = TestCertificates.Authority($"clients of {range}"),
                    identities = new[] { $"dns:clients-{range[3]}.example.com" },
                }
            )
        );
        var revoked = FeedTests.Enrollment(id, service) with
        {
            Serial = "a1" + id[^8..],
            RevokedAt = service.Time.GetUtcNow(),
        };
        enrollments.Add(revoked);
        await EndHandoversAsync(service);
        return (
            id,
            [
                id,
                tunnel.Text("domain"),
                tunnel.Text("organization_id"),
                tunnel.Text("workspace_id"),
                range,
                $"dns:clients-{range[3]}.example.com",
                revoked.Serial!,
                revoked.Id.Value,
            ]
        );
    }

    private static Task<JsonElement> PinAsync(ServiceUnderTest service, string tunnelId, string edgeId) =>
        service.Api.PostOkAsync("/v1/tunnels/" + tunnelId, $$"""{"edge_ids":["{{edgeId}}"]}""");

    private static async Task<string[]> DialedAsync(HttpClient agent) =>
        Ids((await agent.GetOkAsync("/v1/agent/feed")).GetProperty("edges"));

    private static async Task<string[]> ServedAsync(HttpClient edge) =>
        Ids((await edge.GetOkAsync("/v1/edge/feed")).GetProperty("tunnels"));

    private static async Task EndHandoversAsync(ServiceUnderTest service)
    {
        await AgeAsync(service, TimeSpan.FromDays(30));
        await service.Get<EdgeHandovers>().EndDueAsync(Cancel);
        await service.Get<EdgeHandovers>().EndDueAsync(Cancel);
    }

    private static async Task PassAsync(ServiceUnderTest service, TimeSpan time)
    {
        await AgeAsync(service, time);
        await service.Get<EdgeHandovers>().EndDueAsync(Cancel);
    }

    // Not by the clock: certificates of the scripted machines live for an hour.
    private static async Task AgeAsync(ServiceUnderTest service, TimeSpan age)
    {
        var result = await service
            .Get<IJournal>()
            .CommitAsync(
                new Decision
                {
                    Statements =
                    [
                        new Statement(
                            "UPDATE edge_assignment_changes SET at_ms = at_ms - @Age",
                            new { Age = (long)age.TotalMilliseconds }
                        ),
                    ],
                },
                Cancel
            );
        result.IsCommitted.ShouldBeTrue();
    }

    private static string[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(one => one.Id())];

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(one => one.GetString()!)];
}
