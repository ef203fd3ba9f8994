using System.Net;
using System.Text.Json;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Machines;
using Culvert.Identity.Service.Transparency;
using Culvert.Platform.Certificates;
using Culvert.Platform.Checkpoints;
using Culvert.Platform.Transparency;
using Dapper;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency;

/// <summary>What the service accepts as an agent's word on its record of calls, and what it calls a contradiction.</summary>
public sealed class AgentCheckpointTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_RisingSequences_AreStoredWithoutDispute()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);

        var first = await agent.SubmitAsync(1, "one");
        await agent.SubmitAsync(5, "five");
        using (var again = await agent.PostAsync(first))
        {
            again.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        var stored = await ListAsync(bench);
        stored.Select(one => one.GetProperty("sequence").GetInt64()).ShouldBe([5, 1]);
        stored.ShouldAllBe(one => one.GetProperty("alarm").ValueKind == JsonValueKind.Null);
        (await DisputesAsync(bench)).ShouldBeEmpty();
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Submit_OtherHeadForASequence_IsAForkAndStaysAsEvidence()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);
        var honest = await agent.SubmitAsync(5, "as it happened");

        var forked = await agent.SubmitAsync(5, "as it should look");

        (await DisputesAsync(bench)).ShouldBe(["fork"]);
        (await ListAsync(bench))[0].GetProperty("alarm").GetString().ShouldBe("fork");
        await bench.Service.Get<TransparencyLog>().IntegrateAsync(Token);
        var reader = await LogReader.StartAsync(bench.Service.Api);
        await reader.ProveAsync(LogEntry.FromCheckpoint(honest));
        await reader.ProveAsync(LogEntry.FromCheckpoint(forked));
    }

    [Fact]
    public async Task Submit_LowerSequenceSignedLater_IsARollbackToldOnce()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);
        await agent.SubmitAsync(5, "five");

        await agent.SubmitAsync(2, "two again");
        await agent.SubmitAsync(3, "three again");
        await agent.SubmitAsync(6, "six");

        (await DisputesAsync(bench)).ShouldBe(["rollback"]);
        (await ListAsync(bench))
            .Select(one => one.GetProperty("alarm").GetString())
            .ShouldBe([null, "rollback", "rollback", null]);
    }

    [Fact]
    public async Task Submit_LowerSequenceSignedEarlier_WasOnlyLate()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);
        var late = agent.Sign(2, "two");
        await agent.SubmitAsync(5, "five");
        bench.Service.Time.Advance(TimeSpan.FromSeconds(2));

        using var answer = await agent.PostAsync(late);

        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await DisputesAsync(bench)).ShouldBeEmpty();
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Submit_TwoHeadsForASequenceAtOnce_OneIsAFork()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => agent.PostAsync(agent.Sign(5, $"version {i}")))
        );

        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBeGreaterThan(0);
        using var connection = bench.Service.Get<Database>().OpenWrite();
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM agent_checkpoints WHERE alarm IS NULL").ShouldBe(1);
    }

    [Fact]
    public async Task Submit_TooSoonAfterTheLast_IsLimited()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);
        await agent.SubmitAsync(1, "one");

        await agent
            .PostAsync(agent.Sign(2, "two"))
            .ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "request.rate_limited");
    }

    [Fact]
    public async Task Submit_SignedByAnotherAgentOrAnEdgeOrAltered_IsRefusedAndToldOnce()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);
        var other = await SigningAgent.JoinAsync(bench, "two");
        var edgeId = await FeedTests.CreateEdgeAsync(bench.Service);
        var edge = await EdgePairAsync(bench, edgeId);
        string[] forged =
        [
            other.Sign(5, "five"),
            other.Sign(5, "five", node: "one"),
            AuditCheckpoint.SignCalls(edge, "one", 5, SigningAgent.HeadOf("five"), bench.Service.Time.GetUtcNow())!,
            agent.Sign(5, "five")[..^4] + "AAAA",
            agent.Sign(5, "five", node: "two"),
            "",
            "a.b.c",
        ];

        foreach (var token in forged)
        {
            await agent.PostAsync(token).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
        }

        (await DisputesAsync(bench)).ShouldBe(["signature"]);
        (await ListAsync(bench)).ShouldBeEmpty();
    }

    private static async Task<KeyAndCertificate> EdgePairAsync(MachineBench bench, string edgeId)
    {
        var key = CertificateRequests.NewKey();
        using var response = await bench.EnrollEdgeAsync(
            bench.EdgeToken(edgeId),
            edgeId,
            CertificateRequests.Create(key)
        );
        var body = await response.Content.ReadAsStringAsync(Token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        return KeyAndCertificate.Create(
            JsonSerializer.Deserialize(body, Platform.Wire.WireJson.Default.EdgeEnrollment)!.Certificate,
            key
        );
    }

    private static async Task<List<JsonElement>> ListAsync(MachineBench bench)
    {
        var page = await bench.Service.Api.GetOkAsync(
            $"/v1/transparency/agent_checkpoints?tunnel_id={bench.TunnelId}&instance_id=one"
        );
        return [.. page.GetProperty("data").EnumerateArray()];
    }

    private static async Task<List<string>> DisputesAsync(MachineBench bench)
    {
        var audit = await bench.Service.Api.GetOkAsync("/v1/audit?limit=100");
        return
        [
            .. audit
                .GetProperty("data")
                .EnumerateArray()
                .Where(entry => entry.Text("event") == "agent_checkpoint_disputed")
                .Select(entry => entry.GetProperty("body").GetProperty("event_data").Text("reason")),
        ];
    }
}
