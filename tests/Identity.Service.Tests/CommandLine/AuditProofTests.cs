using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Identity.Service.Transparency;
using Culvert.Identity.Service.Transparency.Checkpoints;
using Culvert.Platform.Transparency;
using Shouldly;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary><c>culvert audit proof</c> and <c>verify --log</c> on the transparency log of a real service.</summary>
public sealed class AuditProofTests : IAsyncLifetime
{
    // Of a valid shape, and signed by no agent: what the service would refuse, had it not been put into its database.
    private const string Token = "e30.e30.AAAA";

    private OperatorDesk desk = null!;
    private string file = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        desk = await OperatorDesk.StartAsync();
        file = desk.Path("proof.json");
        var tunnel = await desk.JsonAsync("tunnel", "create", "docs");
        await IntegrateAsync();
        await AddAsync((string)tunnel["id"]!);
        await IntegrateAsync();
    }

    public async ValueTask DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task Proof_OfACheckpoint_LeadsToTheSignedTreeHead()
    {
        await desk.RunAsync(0, "audit", "proof", "docs", "agent-1", "--out", file);

        var proof = CallProof.Parse(file, await File.ReadAllTextAsync(file, Cancel));
        NoteKey.Parse(await KeyAsync())!.HasSigned(proof.Note).ShouldBeTrue();
        var head = TreeHead.Parse(proof.Note.Text)!;
        var entry = proof.Entries.ShouldHaveSingleItem();
        MerkleProof
            .HasEntry(entry.Index, head.Size, LogEntry.FromCheckpoint(Token).ToHash(), head.Root, entry.Hashes)
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
    public async Task Proof_OfAnUnknownAgent_SaysSo() =>
        (await desk.RunAsync(1, "audit", "proof", "docs", "agent-2", "--out", file)).ShouldContain("agent-2");

    private async Task<string> KeyAsync() => (await desk.Service.Api.GetOkAsync("/v1/transparency")).Text("key");

    private Task IntegrateAsync()
    {
        desk.Service.Time.Advance(TimeSpan.FromSeconds(31));
        return desk.Service.Get<TransparencyLog>().IntegrateAsync(Cancel);
    }

    private async Task AddAsync(string tunnel)
    {
        var organization = (await desk.Service.Api.GetOkAsync("/v1/organizations/current")).Id();
        var now = desk.Service.Time.GetUtcNow();
        var statements = desk
            .Service.Get<AgentCheckpointStore>()
            .Add(
                new StoredCheckpoint
                {
                    Ordinal = 1,
                    TunnelId = tunnel,
                    InstanceId = "agent-1",
                    Sequence = 1,
                    Head = new string('a', 64),
                    SignedAt = now,
                    ReceivedAt = now,
                    Token = Token,
                },
                organization,
                new CheckpointHistory(0, now, null, null, [])
            );
        var result = await desk.Service.Get<IJournal>().CommitAsync(new Decision { Statements = statements }, Cancel);
        result.IsCommitted.ShouldBeTrue();
    }
}
