using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Tests.Transparency.Witnesses;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Checkpoints;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Transparency;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary><c>culvert audit proof</c> and <c>verify --log</c> on the transparency log of a real service.</summary>
public sealed class AuditProofTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(TimeProvider.System.GetUtcNow());
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-proof-");
    private WitnessServer witness = null!;
    private OperatorDesk desk = null!;
    private string file = "";
    private string tunnel = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var pki = new TestPki(time.GetUtcNow());
        witness = await WitnessServer.StartAsync("witness.test/w1", pki, time);
        var roots = Path.Combine(folder.FullName, "roots.pem");
        await File.WriteAllTextAsync(roots, pki.RootPem, Cancel);
        desk = await OperatorDesk.StartAsync(
            options =>
                options with
                {
                    Transparency = new TransparencyOptions { Witnesses = [witness.ToOptions(roots)] },
                },
            time
        );
        desk.Service.Names.Set(WitnessServer.HostName, "127.0.0.1");
        await desk.Service.Api.PostOkAsync($"/v1/jobs/{WitnessCollector.JobName}/pause", """{"reason":"test"}""");
        file = desk.Path("proof.json");
        tunnel = (string)(await desk.JsonAsync("tunnel", "create", "docs"))["id"]!;
        await IntegrateAsync();
        await AddAsync(1);
        await IntegrateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await desk.DisposeAsync();
        await witness.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Proof_OfACheckpoint_LeadsToTheSignedTreeHead()
    {
        await desk.RunAsync(0, "audit", "proof", "docs", "agent-1", "--out", file);

        var proof = CallProof.Parse(file, await File.ReadAllTextAsync(file, Cancel));
        NoteKey.Parse(await KeyAsync())!.HasSigned(proof.Note).ShouldBeTrue();
        var head = TreeHead.Parse(proof.Note.Text)!;
        var entry = proof.Entries.ShouldHaveSingleItem();
        MerkleProof
            .HasEntry(entry.Index, head.Size, LogEntry.FromCheckpoint(Token(1)).ToHash(), head.Root, entry.Hashes)
            .ShouldBeTrue();
    }

    [Fact]
    public async Task Proof_SinceAnEarlierHead_ShowsThatTheLogContinuesIt()
    {
        var kept = desk.Write("head.txt", await desk.Service.Api.GetStringAsync("/v1/transparency/checkpoint", Cancel));
        await desk.RunAsync(0, "tunnel", "create", "second");
        await IntegrateAsync();

        await desk.RunAsync(0, "audit", "proof", "docs", "agent-1", "--since", kept, "--out", file);

        var proof = CallProof.Parse(file, await File.ReadAllTextAsync(file, Cancel));
        var (from, to) = (TreeHead.Parse(proof.Earlier!.Text)!, TreeHead.Parse(proof.Note.Text)!);
        to.Size.ShouldBeGreaterThan(from.Size);
        MerkleProof.IsContinued(from.Size, to.Size, from.Root, to.Root, proof.Consistency).ShouldBeTrue();
    }

    [Fact]
    public async Task Verify_CheckpointThatNoAgentSigned_IsForged()
    {
        await desk.RunAsync(0, "audit", "proof", "docs", "agent-1", "--out", file);
        var records = desk.Write("records.jsonl", "");
        var key = desk.Write("log.key", await KeyAsync());

        var said = await desk.RunAsync(
            2,
            "audit",
            "verify",
            records,
            "--log",
            file,
            "--log-key",
            key,
            "--ca-file",
            desk.CaFile
        );

        said.ShouldContain("forged");
    }

    [Fact]
    public async Task Proof_OfSoManyWitnesses_IsOfTheNewestTreeHeadThatTheyCosigned()
    {
        var log = await desk.Service.Api.GetOkAsync("/v1/transparency");
        witness.Log = (log.Text("origin")!, NoteKey.Parse(log.Text("key")!)!.PublicKey);
        desk.Service.Time.Advance(TimeSpan.FromSeconds(61));
        await desk.Service.Get<WitnessCollector>().CollectAsync(Cancel);
        witness.Down = 503;
        await AddAsync(2);
        await IntegrateAsync();

        await desk.RunAsync(0, "audit", "proof", "docs", "agent-1", "--witnesses", "1", "--out", file);
        var cosigned = CallProof.Parse(file, await File.ReadAllTextAsync(file, Cancel));
        await desk.RunAsync(0, "audit", "proof", "docs", "agent-1", "--out", file);
        var newest = CallProof.Parse(file, await File.ReadAllTextAsync(file, Cancel));

        var key = CosignatureKey.Parse(witness.Vkey)!;
        key.Find(cosigned.Note).ShouldNotBeNull();
        key.Find(newest.Note).ShouldBeNull();
        var (head, later) = (TreeHead.Parse(cosigned.Note.Text)!, TreeHead.Parse(newest.Note.Text)!);
        head.Size.ShouldBe(witness.Size);
        head.Size.ShouldBeLessThan(later.Size);
        newest.Entries.Count.ShouldBe(2);
        var entry = cosigned.Entries.ShouldHaveSingleItem(); // the second is in no tree that a witness has seen
        entry.Index.ShouldBe(newest.Entries[0].Index);
        MerkleProof
            .HasEntry(entry.Index, head.Size, LogEntry.FromCheckpoint(Token(1)).ToHash(), head.Root, entry.Hashes)
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData("1", 3)]
    [InlineData("0", 64)]
    [InlineData("16", 64)]
    [InlineData("many", 64)]
    public async Task Proof_OfMoreWitnessesThanThereAre_IsRefused(string count, int exitCode)
    {
        await desk.RunAsync(exitCode, "audit", "proof", "docs", "agent-1", "--witnesses", count, "--out", file);

        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task Proof_OfAnUnknownAgent_SaysSo() =>
        (await desk.RunAsync(1, "audit", "proof", "docs", "agent-2", "--out", file)).ShouldContain("agent-2");

    // Of a valid shape, and signed by no agent: what the service would refuse, had it not been put into its database.
    private static string Token(long ordinal) => $"e30.e30.AAA{(char)('@' + ordinal)}";

    private async Task<string> KeyAsync() => (await desk.Service.Api.GetOkAsync("/v1/transparency")).Text("key");

    private Task IntegrateAsync()
    {
        desk.Service.Time.Advance(TimeSpan.FromSeconds(31));
        return desk.Service.Get<TransparencyLog>().IntegrateAsync(Cancel);
    }

    private async Task AddAsync(long ordinal)
    {
        var organization = (await desk.Service.Api.GetOkAsync("/v1/organizations/current")).Id();
        var now = desk.Service.Time.GetUtcNow();
        var statements = desk
            .Service.Get<AgentCheckpointStore>()
            .Add(
                new StoredCheckpoint
                {
                    Ordinal = ordinal,
                    TunnelId = tunnel,
                    InstanceId = "agent-1",
                    Sequence = ordinal,
                    Head = new string('a', 64),
                    OrganizationId = organization,
                    SignedAtMs = now.ToStore(),
                    ReceivedAtMs = now.ToStore(),
                    Token = Token(ordinal),
                },
                new CheckpointHistory(ordinal - 1, now, null, null, [])
            );
        var result = await desk.Service.Get<IJournal>().CommitAsync(new Decision { Statements = statements }, Cancel);
        result.IsCommitted.ShouldBeTrue();
    }
}
