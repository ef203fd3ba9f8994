using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Backup;

public sealed class BackupMetricsTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() => service = await ServiceUnderTest.StartAsync();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task Age_WithoutABackup_CountsFromTheInstallation()
    {
        await LookAsync();
        var first = Ages();

        service.Time.Advance(TimeSpan.FromSeconds(1_234_567));
        await LookAsync();

        Ages().Intersect(first.Select(age => age + 1_234_567)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Age_OfTheNewestBackup_GrowsUntilTheNext()
    {
        Record(secondsAgo: 12_345_678);
        await LookAsync();
        Ages().ShouldContain(12_345_678);

        service.Time.Advance(TimeSpan.FromSeconds(1000));
        Ages().ShouldContain(12_346_678, "also while the store is not read");

        Record(secondsAgo: 99_887);
        await LookAsync();
        Ages().ShouldContain(99_887);
        Ages().ShouldNotContain(12_346_678);
    }

    private void Record(int secondsAgo) =>
        BackupRuns.Record(service.Options.StoreSettings, service.Time.GetStoreNow().AddSeconds(-secondsAgo));

    // As a round, which no other overtakes.
    private async Task LookAsync() => await service.Api.PostOkAsync("/v1/jobs/backup_metrics/run", "{}");

    // In whole seconds, of every service of this process: other tests run at the same time.
    private static IReadOnlyList<double> Ages()
    {
        List<double> ages = [];
        using var listener = Instruments.Listen<double>(
            "culvert_backup_age_seconds",
            (value, _) => ages.Add(Math.Round(value))
        );
        listener.RecordObservableInstruments();
        return ages;
    }
}
