using System.Globalization;
using System.Text.RegularExpressions;
using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Audit.Export;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Metrics;
using Culvert.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit.Export;

/// <summary>Every entry to every target, in the order of its chain, at least once.</summary>
public sealed class AuditExporterTests : IAsyncLifetime
{
    private static readonly FileTarget Target = new("/nonexistent/audit.jsonl");

    private readonly ScriptedSink sink = new();
    private readonly CapturedLogs logs = new();
    private readonly LoggerFactory loggers;

    // The exporter's alone: the service's own jobs would write entries between two batches.
    private readonly FakeTimeProvider time = new();

    private ServiceUnderTest service = null!;

    public AuditExporterTests() => loggers = new LoggerFactory([logs]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public ValueTask DisposeAsync()
    {
        loggers.Dispose();
        return service.DisposeAsync();
    }

    [Fact]
    public async Task Run_AllThatIsThere_IsSentInBatchesInOrderAndOnce()
    {
        await HappenAsync(1100);
        var exporter = Exporter();

        await exporter.RunAsync(Token);
        await exporter.RunAsync(Token); // there is no more

        sink.Taken.ShouldBe(await ChainAsync());
        sink.Batches.ShouldAllBe(batch => batch.Count <= AuditExporter.BatchEntries);
        sink.Batches.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Run_LargeBodies_BoundsABatchByTheirSize()
    {
        await HappenAsync(4, new string('x', 400 * 1024));
        await Exporter().RunAsync(Token);

        sink.Taken.ShouldBe(await ChainAsync());
        sink.Batches.ShouldAllBe(batch =>
            batch.SkipLast(1).Sum(one => one.Entry.Body!.Length) < AuditExporter.BatchBytes
        );
        sink.Batches.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Run_AfterARestart_GoesOnWhereItWas()
    {
        await Exporter().RunAsync(Token);
        var first = sink.Taken.Count;
        service = await service.RestartAsync();
        await HappenAsync(3);

        await Exporter().RunAsync(Token);

        sink.Taken.ShouldBe(await ChainAsync());
        sink.Batches[^1].Count.ShouldBe(sink.Taken.Count - first);
    }

    [Fact]
    public async Task Run_Fault_IsTriedAgainLaterAndLosesNothing()
    {
        await HappenAsync(600);
        var exporter = Exporter();
        sink.Answer = () => sink.Batches.Count == 1 ? new AuditSent("The disk is full.") : default;
        await exporter.RunAsync(Token);
        sink.Batches.Count.ShouldBe(1);

        sink.Answer = () => default;
        await exporter.RunAsync(Token); // not yet
        sink.Batches.Count.ShouldBe(1);
        time.JumpTo(time.GetUtcNow() + AuditExporter.Interval);
        await exporter.RunAsync(Token);

        sink.Taken.ShouldBe(await ChainAsync());
        Logged(EventIds.AuditExportFailed).ShouldHaveSingleItem();
        Logged(EventIds.AuditExportResumed).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Run_TakenLackedAndFailed_AreMeasuredByTarget()
    {
        var target = new FileTarget("/nonexistent/measured.jsonl");
        using var metrics = new MetricsText();
        await HappenAsync(4);
        var there = (await ChainAsync()).Count;
        time.JumpTo(time.GetUtcNow() + TimeSpan.FromMinutes(2));
        var exporter = Exporter(target: target);
        sink.Answer = () => new AuditSent("away");
        await exporter.RunAsync(Token);
        Measured("failures").ShouldBe(1);
        Measured("waiting").ShouldBe(there);
        Measured("lag_seconds").ShouldBeInRange(120, 600);

        sink.Answer = () => new AuditSent(null, Rejected: 2);
        time.JumpTo(time.GetUtcNow() + AuditExporter.Interval);
        await exporter.RunAsync(Token);

        Measured("failures").ShouldBe(3);
        Measured("waiting").ShouldBe(0);
        Measured("lag_seconds").ShouldBe(0);
        Sample("culvert_audit_exported").ShouldBe(there - 2);

        double Measured(string what) => Sample($"culvert_audit_export_{what}");
        double Sample(string metric) =>
            double.Parse(
                Regex
                    .Match(
                        metrics.Write(),
                        $$"""^{{metric}}(?:_total)?\{target="{{target.Name}}"\} (\S+)""",
                        RegexOptions.Multiline
                    )
                    .Groups[1]
                    .Value,
                CultureInfo.InvariantCulture
            );
    }

    [Fact]
    public async Task Run_FaultAfterFault_WaitsLongerUpToFiveMinutes()
    {
        var exporter = Exporter();
        var attempts = 0;
        sink.Answer = () =>
        {
            attempts++;
            return new AuditSent("away");
        };
        List<double> waits = [];
        for (var round = 0; round < 9; round++)
        {
            var before = attempts;
            var waited = 0;
            await exporter.RunAsync(Token);
            while (attempts == before)
            {
                waited++;
                time.JumpTo(time.GetUtcNow() + TimeSpan.FromSeconds(1));
                await exporter.RunAsync(Token);
            }

            waits.Add(waited);
        }

        waits.ShouldBe([0, 5, 10, 20, 40, 80, 160, 300, 300]);
    }

    [Fact]
    public async Task Run_SinkThatHangs_IsAFaultInTime()
    {
        var hanging = new HangingSink();
        var exporter = Exporter(hanging);
        var running = exporter.RunAsync(Token);
        await hanging.Begun.Task;

        time.Advance(AuditExporter.SendWithin);
        await running;

        Logged(EventIds.AuditExportFailed).ShouldHaveSingleItem();
        AuditExporter.SendWithin.ShouldBeLessThan(AuditExporter.Lease / 2);
    }

    [Fact]
    public async Task Run_PositionNotWritten_IsSentAgain()
    {
        var journal = new RefusingJournal(service.Services.GetRequiredService<IJournal>());
        var exporter = Exporter(journal: journal);
        journal.RefusesAfter = 1; // the turn is taken, the position is not written
        await exporter.RunAsync(Token);
        var once = sink.Taken;

        journal.RefusesAfter = int.MaxValue;
        await exporter.RunAsync(Token);

        sink.Taken.Skip(once.Count).Take(once.Count).ShouldBe(once);
        sink.Taken.Distinct().ShouldBe(await ChainAsync());
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Run_TwoNodes_OneAtATime()
    {
        var other = new ScriptedSink();
        var (first, second) = (Exporter(), Exporter(other, node: "node-9"));
        await first.RunAsync(Token);
        await HappenAsync(2);

        await second.RunAsync(Token);
        other.Taken.ShouldBeEmpty();
        time.JumpTo(time.GetUtcNow() + AuditExporter.Lease + TimeSpan.FromSeconds(1));
        await second.RunAsync(Token);
        await HappenAsync(1);
        await first.RunAsync(Token);

        other.Taken.Count.ShouldBe(2);
        sink.Taken.Concat(other.Taken).ShouldBe((await ChainAsync()).SkipLast(1));
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Run_NodeThatOverslept_DoesNotMoveTheOthersPosition()
    {
        var (store, journal) = (
            service.Services.GetRequiredService<AuditExportStore>(),
            service.Services.GetRequiredService<IJournal>()
        );
        await Exporter().RunAsync(Token);
        var node = service.Services.GetRequiredService<StoreNode>().Name;

        var late = await journal.CommitAsync(
            new Decision { Statements = [store.Advance(Target.Name, node, 0, 1)] },
            Token
        );

        late.IsStale.ShouldBeTrue();
        (await store.LagsAsync(Target.Name, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_Targets_HavePositionsOfTheirOwn()
    {
        await Exporter().RunAsync(Token);
        var second = new ScriptedSink();

        await Exporter(second, new FileTarget("/nonexistent/other.jsonl")).RunAsync(Token);

        second.Taken.ShouldBe(sink.Taken);
    }

    [Fact]
    public async Task Run_EntriesWithoutBodies_KeepTheChainProvable()
    {
        var bodies = service.Services.GetRequiredService<AuditBodies>();
        var journal = service.Services.GetRequiredService<IJournal>();
        await HappenAsync(3);
        var node = service.Services.GetRequiredService<StoreNode>().Name;
        (
            await journal.CommitAsync(new Decision { Statements = bodies.Drop(node, 0, 2) }, Token)
        ).IsCommitted.ShouldBeTrue();

        await Exporter().RunAsync(Token);

        var lines = sink
            .Batches.SelectMany(batch => batch)
            .Select(AuditLine.Format)
            .Select(System.Text.Encoding.ASCII.GetString);
        var report = ChainVerifier.Verify(new StringReader(string.Join('\n', lines)), []).ShouldHaveSingleItem();
        report.Entries.ShouldBe(sink.Taken.Count);
        report.Bodies.ShouldBe(report.Entries - 2);
    }

    [Fact]
    public async Task Service_WithATarget_ExportsByItself()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-export-");
        try
        {
            var file = Path.Combine(folder.FullName, "audit.jsonl");
            await using var exporting = await ServiceUnderTest.StartAsync(options: options =>
                options with
                {
                    AuditTargets = [new FileTarget(file)],
                }
            );
            await exporting.Api.PostOkAsync("/v1/tunnels");

            await Eventually.UntilAsync(
                () => File.Exists(file) && File.ReadAllText(file).Contains("tunnel_created"),
                Token,
                () => exporting.Time.Advance(TimeSpan.FromSeconds(1))
            );

            var report = ChainVerifier.Verify(new StringReader(await File.ReadAllTextAsync(file, Token)), []);
            report.ShouldHaveSingleItem().Bodies.ShouldBeGreaterThan(0);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private AuditExporter Exporter(
        IAuditSink? to = null,
        AuditTarget? target = null,
        string? node = null,
        IJournal? journal = null
    )
    {
        var services = service.Services;
        var own = services.GetRequiredService<StoreNode>();
        var writer = journal ?? services.GetRequiredService<IJournal>();
        return new AuditExporter(
            target ?? Target,
            to ?? sink,
            services.GetRequiredService<AuditExportStore>(),
            writer,
            new LeaseStore(writer, node is null ? own : own with { Name = node }, time),
            time,
            loggers.CreateLogger<AuditExporter>()
        );
    }

    private IReadOnlyList<string> Logged(int eventId) =>
        [.. logs.Lines.Where(line => line.Contains($" {eventId} ", StringComparison.Ordinal))];

    private async Task HappenAsync(int times, string? detail = null)
    {
        var journal = service.Services.GetRequiredService<IJournal>();
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, times)
                .Select(async _ =>
                    await journal.CommitAsync(
                        new Decision
                        {
                            Event = new ThingHappened(service.Time.GetUtcNow())
                            {
                                Status = detail is null ? AuditStatus.Success : AuditStatus.Denied("test", detail),
                            },
                        },
                        Token
                    )
                )
        );
        results.ShouldAllBe(result => result.IsCommitted);
    }

    private async Task<IReadOnlyList<(string Node, long Sequence)>> ChainAsync()
    {
        var node = service.Services.GetRequiredService<StoreNode>().Name;
        var chain = await service.Services.GetRequiredService<AuditLog>().ChainAsync(node, 0, 10_000, Token);
        return [.. chain.Select(row => (row.Entry.Node, row.Entry.Sequence))];
    }

    private sealed class HangingSink : IAuditSink
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<AuditSent> SendAsync(
            IReadOnlyList<ExportedEntry> entries,
            CancellationToken cancellationToken
        )
        {
            var never = new TaskCompletionSource<AuditSent>();
            Begun.SetResult();
            return await never.Task.WaitAsync(cancellationToken);
        }
    }

    private sealed class RefusingJournal(IJournal journal) : IJournal
    {
        private int commits;

        public int RefusesAfter { get; set; } = int.MaxValue;

        public bool IsHealthy => journal.IsHealthy;

        public ValueTask<CommitResult> CommitAsync(Decision decision, CancellationToken cancellationToken) =>
            ++commits > RefusesAfter
                ? new(
                    new CommitResult
                    {
                        Outcome = CommitOutcome.Unavailable,
                        Refusal = StorageErrors.Unavailable.Refuse(),
                    }
                )
                : journal.CommitAsync(decision, cancellationToken);
    }
}
