using System.Net;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Sealing;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Transparency.Tree;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Tree;
using Culvert.Platform.Transparency;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency;

public sealed class TransparencyLogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Log_CheckpointsCertificatesAndChanges_AreProvenByTheSignedHead()
    {
        await using var bench = await MachineBench.StartAsync();
        var agent = await SigningAgent.JoinAsync(bench);
        var token = await agent.SubmitAsync(3, "three calls");
        await IntegrateAsync(bench.Service);
        var reader = await LogReader.StartAsync(bench.Service.Api);
        var first = await reader.HeadAsync();

        var place = await reader.ProveAsync(LogEntry.FromCheckpoint(token));
        await reader.ProveAsync(new LogEntry(LogEntry.Certificate, agent.Fingerprint));
        var audit = await bench.Service.Api.GetOkAsync("/v1/audit?limit=100");
        var created = audit.GetProperty("data").EnumerateArray().Single(e => e.Text("event") == "tunnel_created");
        await reader.ProveAsync(new LogEntry(LogEntry.Audit, Convert.FromHexString(created.Text("body_digest")!)));
        var listed = await ListAsync(bench, bench.Service.Api);
        listed[0].GetProperty("index").GetInt64().ShouldBe(place);
        listed[0].Text("checkpoint").ShouldBe(token);

        await agent.SubmitAsync(4, "four calls");
        await IntegrateAsync(bench.Service);
        var second = await reader.HeadAsync();
        second.Size.ShouldBeGreaterThan(first.Size);
        await reader.ProveAsync(first, second);
        await reader.ProveAsync(LogEntry.FromCheckpoint(token));
    }

    [Fact]
    public async Task Entries_ReadAsBundles_HaveTheSignedRoot()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        var tunnel = (await service.Api.PostOkAsync("/v1/tunnels", "{}")).Id();
        for (var port = 1; port <= 270; port++)
        {
            await service.Api.PostOkAsync("/v1/tunnels/" + tunnel, $$"""{"public_port":{{port}}}""");
        }

        await IntegrateAsync(service);

        var reader = await LogReader.StartAsync(service.Api);
        var head = await reader.HeadAsync();
        head.Size.ShouldBeGreaterThan(256);
        await ShouldBeWholeAsync(service);
        var tile = await service.Api.GetByteArrayAsync("/v1/transparency/tile/1/000.p/1", Token);
        tile.Length.ShouldBe(MerkleHash.Length);
        foreach (
            var path in (string[])
                ["tile/0/001", "tile/1/000", "tile/2/000.p/1", "tile/0/0", "tile/8/000", "tile/0/000.p/0"]
        )
        {
            using var missing = await service.Api.GetAsync("/v1/transparency/" + path, Token);
            missing.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
    }

    [Fact]
    public async Task Round_NothingNew_SignsNoOtherHead()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IntegrateAsync(service);
        await IntegrateAsync(service); // the key's own entry
        var before = await service.Api.GetStringAsync("/v1/transparency/checkpoint", Token);

        await IntegrateAsync(service);

        (await service.Api.GetStringAsync("/v1/transparency/checkpoint", Token)).ShouldBe(before);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public async Task Round_EndsAtAnyCommit_LosesAndDoublesNothing(int at, bool isWritten)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await service.Api.PostOkAsync("/v1/tunnels", "{}");
        var journal = new BrokenCommits(service.Get<IJournal>(), at, isWritten);
        using var broken = Create(service, journal);

        await broken.TryRoundAsync(Token);
        await IntegrateAsync(service);

        await ShouldBeWholeAsync(service);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Round_TwoNodesAtOnce_AddEachEntryOnce()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await service.Api.PostOkAsync("/v1/tunnels", "{}");
            using var one = Create(service, service.Get<IJournal>(), "node-1");
            using var other = Create(service, service.Get<IJournal>(), "node-2");
            await Task.WhenAll(one.TryRoundAsync(Token), other.TryRoundAsync(Token));
            service.Time.Advance(TimeSpan.FromSeconds(31));
        }

        await IntegrateAsync(service);

        await ShouldBeWholeAsync(service);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Round_OnTwoHostsOfOneDatabase_MakesOneLog()
    {
        await using var one = await ServiceUnderTest.StartAsync(options: options =>
            options with
            {
                Storage = ServiceUnderTest.OptionsIn(options.StateDirectory, StorageBackend.Postgres).Storage,
            }
        );
        await using var other = await one.JoinAsync("node-2");
        for (var i = 0; i < 3; i++)
        {
            await one.Api.PostOkAsync("/v1/tunnels", "{}");
            await other.Api.PostOkAsync("/v1/tunnels", "{}");
            one.Time.Advance(TimeSpan.FromSeconds(31));
            await Task.WhenAll(
                one.Get<TransparencyLog>().TryRoundAsync(Token),
                other.Get<TransparencyLog>().TryRoundAsync(Token)
            );
        }

        await ShouldBeWholeAsync(one);

        var (first, second) = (await LogReader.StartAsync(one.Api), await LogReader.StartAsync(other.Api));
        second.Key.ToString().ShouldBe(first.Key.ToString());
        (await second.HeadAsync()).ShouldBe(await first.HeadAsync());
    }

    [Theory]
    [InlineData("UPDATE transparency_tree SET size = size - 1")]
    [InlineData("UPDATE transparency_tiles SET hashes = @other WHERE level = 0")]
    [InlineData("UPDATE transparency_heads SET note = REPLACE(note, 'A', 'B')")]
    public async Task Round_StoredTreeWasChanged_SignsNothing(string attack)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IntegrateAsync(service);
        var size = (await (await LogReader.StartAsync(service.Api)).HeadAsync()).Size;
        Execute(service, attack, new { other = new byte[(int)size * MerkleHash.Length] });
        await service.Api.PostOkAsync("/v1/tunnels", "{}");

        await service.Get<TransparencyLog>().TryRoundAsync(Token);

        Count(service, "SELECT COUNT(*) FROM transparency_heads").ShouldBe(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Round_HistoryReplacedByAnotherOne_IsNotSignedByANodeThatSawTheFirst()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IntegrateAsync(service);
        Execute(service, "UPDATE transparency_tree SET size = 0, root = NULL");
        foreach (var table in (string[])["tiles", "entries", "heads", "positions"])
        {
            Execute(service, $"DELETE FROM transparency_{table}");
        }

        Execute(service, "UPDATE journal SET body_digest = @other WHERE sequence = 1", new { other = new byte[32] });

        await IntegrateAsync(service);

        Count(service, "SELECT COUNT(*) FROM transparency_entries").ShouldBeGreaterThan(0);
        Count(service, "SELECT COUNT(*) FROM transparency_heads").ShouldBe(0);
    }

    [Fact]
    public async Task Inclusion_EntryWasRewritten_IsNotProven()
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IntegrateAsync(service);
        Execute(
            service,
            "UPDATE transparency_entries SET digest = @other WHERE number = 0",
            new { other = new byte[32] }
        );

        using var rewritten = await service.Api.GetAsync("/v1/transparency/proof/inclusion?index=0", Token);
        using var kept = await service.Api.GetAsync("/v1/transparency/proof/inclusion?index=1", Token);

        ((int)rewritten.StatusCode).ShouldBeGreaterThanOrEqualTo(500);
        kept.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("inclusion")]
    [InlineData("inclusion?index=0&entry=00")]
    [InlineData("inclusion?index=-1")]
    [InlineData("inclusion?index=100000")]
    [InlineData("inclusion?index=0&size=0")]
    [InlineData("inclusion?entry=xyz")]
    [InlineData("consistency?to=1")]
    [InlineData("consistency?from=2&to=1")]
    [InlineData("consistency?from=0&to=100000")]
    public async Task Proof_OfWhatIsNotThere_IsRefused(string query)
    {
        await using var service = await ServiceUnderTest.StartAsync();
        await IntegrateAsync(service);

        await service
            .Api.GetAsync("/v1/transparency/proof/" + query, Token)
            .ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.invalid");
    }

    [Fact]
    public async Task Read_WithoutTheAuditsRole_IsRefused()
    {
        await using var bench = await MachineBench.StartAsync();
        using var manager = bench.Service.Client(bench.AgentToken(scope: Scopes.ManageTunnels));

        foreach (var path in (string[])["", "/checkpoint", "/tile/0/000", "/tile/entries/000", "/agent_checkpoints"])
        {
            using var answer = await manager.GetAsync("/v1/transparency" + path, Token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden, path);
        }
    }

    [Fact]
    public async Task AgentCheckpoints_OfAnotherOrganization_AreNotListed()
    {
        await using var bench = await MachineBench.StartAsync();
        await (await SigningAgent.JoinAsync(bench)).SubmitAsync(1, "one");
        using var stranger = bench.Service.Client(
            bench.AgentToken(organization: "other", scope: Scopes.OrganizationAdmin)
        );

        (await ListAsync(bench, stranger)).ShouldBeEmpty();
        (await ListAsync(bench, bench.Service.Api)).Count.ShouldBe(1);
    }

    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> ListAsync(
        MachineBench bench,
        HttpClient client
    )
    {
        var page = await client.GetOkAsync("/v1/transparency/agent_checkpoints?tunnel_id=" + bench.TunnelId);
        return [.. page.GetProperty("data").EnumerateArray()];
    }

    private static Task IntegrateAsync(ServiceUnderTest service)
    {
        service.Time.Advance(TimeSpan.FromSeconds(31)); // no other node's turn is left
        return service.Get<TransparencyLog>().IntegrateAsync(Token);
    }

    // Every entry that there should be, once, and the tree is the one over these entries.
    private static async Task ShouldBeWholeAsync(ServiceUnderTest service)
    {
        TreeHead head;
        List<string> entries;
        var tries = 0;
        do
        {
            // What the rounds record themselves comes with the next.
            tries.ShouldBeLessThan(5);
            await IntegrateAsync(service);
            var reader = await LogReader.StartAsync(service.Api);
            head = await reader.HeadAsync();
            entries = await reader.EntriesAsync(head.Size);
            tries++;
        } while (
            Count(
                service,
                "SELECT COUNT(*) FROM journal WHERE event NOT IN ('platform_federated_authentication', "
                    + "'platform_federated_authentication_unproven', 'certificate_signing')"
            ) != head.Size
        );

        entries.Count.ShouldBe((int)head.Size);
        entries.ShouldBeUnique();
        NaiveTree.Root(entries.Select(System.Text.Encoding.ASCII.GetBytes).ToArray()).ShouldBe(head.Root);
    }

    private static TransparencyLog Create(ServiceUnderTest service, IJournal journal, string? node = null) =>
        new(
            service.Get<TreeStore>(),
            service.Get<PendingSource>(),
            new TreePublisher(
                service.Get<TreeStore>(),
                service.Get<HeadStore>(),
                new TransparencyKeys(
                    service.Get<Database>(),
                    service.Get<Sealer>(),
                    journal,
                    service.Get<TransparencyOrigin>(),
                    service.Time
                ),
                service.Get<TransparencyOrigin>(),
                journal,
                service.Time,
                NullLogger<TreePublisher>.Instance
            ),
            new LeaseStore(journal, node is null ? service.Get<StoreNode>() : new StoreNode(node, 9), service.Time),
            journal,
            service.Time
        );

    private static void Execute(ServiceUnderTest service, string sql, object? parameters = null)
    {
        using var connection = service.Get<Database>().OpenWrite();
        connection.Execute(sql, parameters);
    }

    private static long Count(ServiceUnderTest service, string sql)
    {
        using var connection = service.Get<Database>().OpenWrite();
        return connection.ExecuteScalar<long>(sql);
    }
}
