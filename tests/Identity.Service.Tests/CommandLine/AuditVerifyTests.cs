using Culvert.Identity.Service.Audit;
using Shouldly;

namespace Culvert.Identity.Service.Tests.CommandLine;

/// <summary><c>culvert audit export</c> and <c>verify</c> on the chain and the checkpoints of a real service (S30).</summary>
public sealed class AuditVerifyTests : IAsyncLifetime
{
    private OperatorDesk desk = null!;
    private string export = "";
    private string checkpoint = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    // Entries, a checkpoint over them, and two more entries behind it.
    public async ValueTask InitializeAsync()
    {
        desk = await OperatorDesk.StartAsync();
        await desk.RunAsync(0, "tunnel", "create", "first");
        await desk.Service.Get<AuditCheckpoints>().SignAsync(Cancel);
        checkpoint = desk.Write("checkpoint", await desk.Service.Api.GetStringAsync("/v1/audit/checkpoint", Cancel));
        await desk.RunAsync(0, "tunnel", "create", "second");
        await desk.RunAsync(0, "tunnel", "create", "third");
        export = desk.Path("audit.jsonl");
        await desk.RunAsync(0, "audit", "export", "--out", export);
    }

    public async ValueTask DisposeAsync() => await desk.DisposeAsync();

    [Fact]
    public async Task Verify_Checkpoint_ProvesUpToItAndReportsTheRestAsUnproven()
    {
        var chain = (await VerifyAsync(export, checkpoint))["data"]![0]!;

        var (entries, proven) = ((long)chain["entries"]!, (long)chain["proven_up_to"]!);
        proven.ShouldBe(entries - 2);
        ((long)chain["unproven"]!).ShouldBe(2);
    }

    [Fact]
    public async Task Verify_NewestOfSeveralCheckpoints_Counts()
    {
        await desk.Service.Get<AuditCheckpoints>().SignAsync(Cancel);
        var newer = desk.Write("newer", await desk.Service.Api.GetStringAsync("/v1/audit/checkpoint", Cancel));
        await desk.RunAsync(0, "audit", "export", "--out", export);

        var chain = (await VerifyAsync(export, newer, checkpoint))["data"]![0]!;

        ((long)chain["proven_up_to"]!).ShouldBe((long)chain["entries"]!);
        ((long)chain["unproven"]!).ShouldBe(0);
    }

    [Fact]
    public async Task Verify_WithoutCheckpoint_ProvesNothingButOrder()
    {
        var chain = (await VerifyAsync(export))["data"]![0]!;

        ((long)chain["proven_up_to"]!).ShouldBe(0);
        ((long)chain["unproven"]!).ShouldBe((long)chain["entries"]!);
    }

    [Theory]
    [InlineData("a body was changed")]
    [InlineData("an entry is missing")]
    [InlineData("two entries changed places")]
    [InlineData("the end was cut off before the checkpoint")]
    public async Task Verify_Tampering_IsFound(string what)
    {
        var lines = await File.ReadAllLinesAsync(export, Cancel);
        string[] changed = what switch
        {
            "a body was changed" =>
            [
                .. lines.Select(line => line.Replace("first", "fierst", StringComparison.Ordinal)),
            ],
            "an entry is missing" => [.. lines[..1], .. lines[2..]],
            "two entries changed places" => [lines[1], lines[0], .. lines[2..]],
            _ => lines[..2],
        };
        await File.WriteAllLinesAsync(export, changed, Cancel);

        await desk.RunAsync(2, "audit", "verify", export, "--checkpoint", checkpoint, "--ca-file", desk.CaFile);
    }

    [Fact]
    public async Task Verify_AnotherInstallationsCheckpoint_IsRefused()
    {
        await using var other = await OperatorDesk.StartAsync();
        await other.Service.Get<AuditCheckpoints>().SignAsync(Cancel);
        var foreign = desk.Write("foreign", await other.Service.Api.GetStringAsync("/v1/audit/checkpoint", Cancel));

        await desk.RunAsync(2, "audit", "verify", export, "--checkpoint", foreign, "--ca-file", desk.CaFile);
        // Even with the other's root it vouches for another chain.
        await desk.RunAsync(2, "audit", "verify", export, "--checkpoint", foreign, "--ca-file", other.CaFile);
    }

    [Fact]
    public async Task Export_Since_LeavesOutContentAndStillVerifies()
    {
        await desk.RunAsync(0, "audit", "export", "--out", export, "--since", "2999-01-01T00:00:00Z");

        (await File.ReadAllTextAsync(export, Cancel)).ShouldNotContain("\"first\"");
        var chain = (await VerifyAsync(export, checkpoint))["data"]![0]!;
        ((long)chain["bodies"]!).ShouldBe(0);
        ((long)chain["proven_up_to"]!).ShouldBeGreaterThan(0);
    }

    private Task<System.Text.Json.Nodes.JsonNode> VerifyAsync(string file, params string[] checkpoints) =>
        desk.JsonAsync([
            "audit",
            "verify",
            file,
            "--ca-file",
            desk.CaFile,
            .. checkpoints.SelectMany(one => new[] { "--checkpoint", one }),
        ]);
}
