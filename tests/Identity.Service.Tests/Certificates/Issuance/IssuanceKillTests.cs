using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
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
    private const string FolderVariable = "CULVERT_TEST_ISSUE_FOLDER";
    private const string DatabaseVariable = "CULVERT_TEST_ISSUE_DATABASE";
    private const int Callers = 16;

    private static readonly RateLimit Plenty = new(10_000_000, TimeSpan.FromSeconds(1));

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-issue-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(Soak.Name, "kill")]
    public async Task Kill_WhileIssuing_LosesNoCertificateAndAlwaysStarts()
    {
        var sqlite = StorageBackends.Default == StorageBackend.Sqlite;
        var random = new Random(Soak.SeedOr(3));
        var connection = sqlite ? null : PostgresServer.Shared.CreateDatabase();
        var options = OptionsOn(folder, connection);
        await Initializer.RunAsync(
            options,
            "Example",
            Path.Combine(folder, "admin.key"),
            TimeProvider.System,
            NullLoggerFactory.Instance,
            null,
            Cancel
        );
        var handedOut = new HashSet<string>();

        // The other storage's own crashes are the journal's matter: there it is shown that it is the same.
        for (var round = 0; round < Soak.Rounds("kill", shortForm: sqlite ? 20 : 3, full: 200); round++)
        {
            var answers = Path.Combine(folder, "answers");
            await File.WriteAllTextAsync(answers, "", Cancel);
            using (var child = Start(connection))
            {
                var enough = random.Next(1, 4_000);
                await UntilAsync(() => new FileInfo(answers).Length >= enough || child.HasExited);
                child.HasExited.ShouldBeFalse();
                child.Kill();
                await child.WaitForExitAsync(Cancel);
            }

            handedOut.UnionWith(File.ReadLines(answers).Where(line => line.Length == 36));
            await VerifyAsync(options, handedOut);
        }

        handedOut.Count.ShouldBeGreaterThan(20);
    }

    /// <summary>The child of the test above: issues until it is killed.</summary>
    [Fact(Explicit = true)]
    public async Task IssueUntilKilled()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } state)
        {
            return;
        }

        var options = OptionsOn(state, Environment.GetEnvironmentVariable(DatabaseVariable));
        using var store = Store.Open(options, NullLogger.Instance);
        await using var app = ServiceHost.Build(options, store, TimeProvider.System, null);
        await app.Services.GetRequiredService<OrphanSweep>().RunAsync(Cancel);
        var platform = app.Services.GetRequiredService<PlatformCa>();
        await platform.LoadAsync(Cancel);
        var issuer = app.Services.GetRequiredService<CertificateIssuer>();
        var profile = app.Services.GetRequiredService<CertificateProfiles>().Agent;
        await using var answers = new FileStream(
            Path.Combine(state, "answers"),
            FileMode.Append,
            FileAccess.Write,
            FileShare.ReadWrite,
            0
        );
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller), Cancel)));

        async Task CallAsync(int caller)
        {
            var identity = $"spiffe://identity.test/o/x/t/y/agent/{caller}";
            while (true)
            {
                using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
                var outcome = await issuer.IssueAsync(
                    new IssuanceJob
                    {
                        Kind = CertificateKind.Agent,
                        Authority = platform.Issuing,
                        Profile = profile,
                        PublicKey = key.PublicKey,
                        Names = new GrantedNames { Uris = [identity] },
                        Identity = identity,
                        Actor = AuditActor.System,
                    },
                    Cancel
                );
                lock (gate)
                {
                    answers.Write(Encoding.ASCII.GetBytes(outcome.Document!.Serial + "\n"));
                }
            }
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task VerifyAsync(ServiceOptions options, HashSet<string> handedOut)
    {
        using var store = Store.Open(options, NullLogger.Instance);
        await using var app = ServiceHost.Build(options, store, TimeProvider.System, null);
        await app.Services.GetRequiredService<OrphanSweep>().RunAsync(Cancel);
        using var connection = store.Database.OpenWrite();
        var rows = connection.Query<(string Serial, string Status)>("SELECT serial, status FROM certificates").ToList();
        var issued = rows.Where(row => row.Status == "issued").Select(row => row.Serial).ToHashSet();
        handedOut.IsSubsetOf(issued).ShouldBeTrue();
        rows.Select(row => row.Serial).Distinct().Count().ShouldBe(rows.Count);
        rows.ShouldNotContain(row => row.Status == "intent");
    }

    private static ServiceOptions OptionsOn(string state, string? connection)
    {
        var options = ServiceUnderTest.OptionsIn(state, StorageBackend.Sqlite);
        return options with
        {
            Limits = options.Limits with
            {
                CertificatesPerIdentity = Plenty,
                CertificatesPerTunnel = Plenty,
                CertificatesPerAuthority = Plenty,
            },
            Storage = options.Storage with
            {
                Postgres = connection is null ? null : new PostgresOptions(() => connection),
            },
        };
    }

    private Process Start(string? connection)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [
                "-noLogo",
                "-explicit",
                "only",
                "-method",
                $"{typeof(IssuanceKillTests).FullName}.{nameof(IssueUntilKilled)}",
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[FolderVariable] = folder;
        start.Environment[DatabaseVariable] = connection;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
    }
}
