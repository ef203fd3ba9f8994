using Culvert.Identity.Cli.Audit;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Audit;

/// <summary>S30: retention drops bodies, never digests.</summary>
public sealed class AuditRetentionTests
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drop_EntriesOlderThanIsKept_LoseBodyAndSaltAndStayProvable()
    {
        await using var service = await StartAsync();
        await service.Api.PostOkAsync("/v1/tunnels");
        var before = await ChainAsync(service);
        service.Time.JumpTo(service.Time.GetUtcNow() + Kept + TimeSpan.FromSeconds(1));
        await service.Api.PostOkAsync("/v1/tunnels");

        await DropAsync(service);
        await DropAsync(service); // what is dropped is dropped

        var after = await ChainAsync(service);
        after.Take(before.Count).ShouldAllBe(entry => entry.Body == null && entry.Salt.Length == 0);
        after.Skip(before.Count).ShouldNotBeEmpty();
        after.Skip(before.Count).ShouldAllBe(entry => entry.Body != null && entry.Salt.Length > 0);
        after
            .Take(before.Count)
            .Select(entry => Convert.ToHexString(entry.BodyDigest))
            .ShouldBe(before.Select(entry => Convert.ToHexString(entry.BodyDigest)));

        var reports = ChainVerifier.Verify(new StringReader(await ExportAsync(service)), []);
        reports.Sum(report => report.Entries).ShouldBe(after.Count);
        reports.Sum(report => report.Bodies).ShouldBe(after.Count - before.Count);
        var listed = (await service.Api.GetOkAsync("/v1/audit?limit=1000")).GetProperty("data");
        listed.EnumerateArray().Count(entry => entry.GetProperty("event").GetString() is null).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Drop_RetentionThatChanges_CountsForTheNextRound()
    {
        await using var service = await StartAsync();
        var first = (await ChainAsync(service)).Count;
        service.Time.JumpTo(service.Time.GetUtcNow() + TimeSpan.FromDays(31));
        await service.Get<AuditRetention>().DropAsync(Token);
        (await ChainAsync(service)).Take(first).ShouldAllBe(entry => entry.Body != null);

        await service.ReloadAsync(options => options with { AuditRetention = TimeSpan.FromDays(30) });
        await service.Get<AuditRetention>().DropAsync(Token);

        (await ChainAsync(service)).Take(first).ShouldAllBe(entry => entry.Body == null);
    }

    [Fact]
    public async Task Drop_AtTheLastMoment_TakesNothing()
    {
        await using var service = await StartAsync();
        var first = (await ChainAsync(service)).Count;
        service.Time.JumpTo(service.Time.GetUtcNow() + Kept);

        await DropAsync(service);

        (await ChainAsync(service)).Take(first).ShouldAllBe(entry => entry.Body != null);
    }

    [Fact]
    [Trait(StorageTrait.Name, StorageTrait.Both)]
    public async Task Drop_ManyEntries_GoesOnToTheLastAndTheServiceRestarts()
    {
        var service = await StartAsync();
        var journal = service.Services.GetRequiredService<IJournal>();
        await Task.WhenAll(
            Enumerable
                .Range(0, 1100)
                .Select(async _ =>
                {
                    var happened = new Decision { Event = new ThingHappened(service.Time.GetUtcNow()) };
                    (await journal.CommitAsync(happened, Token)).IsCommitted.ShouldBeTrue();
                })
        );
        var old = (await ChainAsync(service)).Count;
        service.Time.JumpTo(service.Time.GetUtcNow() + Kept + Kept);

        await DropAsync(service);

        (await ChainAsync(service)).Take(old).ShouldAllBe(entry => entry.Body == null);
        await using var next = await service.RestartAsync();
        await next.Api.PostOkAsync("/v1/tunnels");
    }

    // Without jobs: they write entries too, and the tests count them.
    private static async Task<ServiceUnderTest> StartAsync()
    {
        var service = await ServiceUnderTest.StartAsync();
        await service.PauseJobsAsync();
        return service;
    }

    private static Task DropAsync(ServiceUnderTest service)
    {
        var services = service.Services;
        var retention = new AuditRetention(
            services.GetRequiredService<AuditLog>(),
            services.GetRequiredService<AuditBodies>(),
            services.GetRequiredService<IJournal>(),
            new(new AuditOptions { Retention = Kept }),
            service.Time,
            NullLogger<AuditRetention>.Instance
        );
        return retention.DropAsync(Token);
    }

    private static async Task<IReadOnlyList<AuditEntry>> ChainAsync(ServiceUnderTest service)
    {
        var log = service.Services.GetRequiredService<AuditLog>();
        var node = service.Services.GetRequiredService<StoreNode>();
        return [.. (await log.ChainAsync(node.Name, 0, 10_000, Token)).Select(row => row.Entry)];
    }

    private static async Task<string> ExportAsync(ServiceUnderTest service)
    {
        using var response = await service.Api.GetAsync(new Uri("/v1/audit/export", UriKind.Relative), Token);
        return await response.Content.ReadAsStringAsync(Token);
    }
}
