using Culvert.CrashWriter;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Commands;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Init;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Testing;
using Culvert.Testing.Postgres;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Issuance;

/// <summary>
/// SIGKILL to a service that issues under load: what was handed out is recorded, no serial number occurs twice, and the
/// next start needs no hand.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class IssuanceKillTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-issue-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(Soak.Name, "kill")]
    public async Task Kill_WhileIssuing_LosesNoCertificateAndAlwaysStarts()
    {
        var sqlite = StorageBackends.Default == StorageBackend.Sqlite;
        var random = new Random(Soak.SeedOr(3));
        var connection = sqlite ? null : PostgresServer.Shared.CreateDatabase();
        var options = WriterOptions.For(folder, connection);
        await Initializer.RunAsync(
            options,
            new InitContext("Example", Path.Combine(folder, "admin.key")),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            null,
            Cancel
        );
        var handedOut = new HashSet<string>();

        // The other storage's own crashes are the journal's matter: there it is shown that it is the same.
        for (var round = 0; round < Soak.Rounds("kill", shortForm: sqlite ? 5 : 3, full: 200); round++)
        {
            var answers = Path.Combine(folder, "answers");
            await File.WriteAllTextAsync(answers, "", Cancel);
            using (var child = KilledWriter.Start("certificates", folder, answers, connection))
            {
                var enough = random.Next(1, 4_000);
                await Eventually.UntilAsync(() => new FileInfo(answers).Length >= enough || child.HasExited, Cancel);
                child.HasExited.ShouldBeFalse();
                child.Kill();
                await child.WaitForExitAsync(Cancel);
            }

            handedOut.UnionWith(File.ReadLines(answers).Where(line => line.Length == 36));
            await VerifyAsync(options, handedOut);
        }

        handedOut.Count.ShouldBeGreaterThan(20);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task VerifyAsync(ServiceOptions options, HashSet<string> handedOut)
    {
        using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        await using var app = ServiceHost.Build(options, store, TimeProvider.System, null);
        await app.Services.GetRequiredService<OrphanSweep>().RunAsync(Cancel);
        using var connection = store.Database.OpenWrite();
        var rows = connection.Query<(string Serial, string Status)>("SELECT serial, status FROM certificates").ToList();
        var issued = rows.Where(row => row.Status == "issued").Select(row => row.Serial).ToHashSet();
        handedOut.IsSubsetOf(issued).ShouldBeTrue();
        rows.Select(row => row.Serial).Distinct().Count().ShouldBe(rows.Count);
        rows.ShouldNotContain(row => row.Status == "intent");
    }
}
