using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Identity.Service.Certificates;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.PlatformAuthorities;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Identity.Service.Storage.Sqlite;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Certificates;
using Culvert.Platform.Health;
using Culvert.Platform.Wire;
using Culvert.Testing;
using Culvert.Testing.Postgres;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.Faults;

/// <summary>
/// A disk that is full, a database that does not accept writes, a flush that takes its time: refused before anything is signed,
/// and no hand is needed when it is over. Real disks and real databases, of the storage that the run is about.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class StoreFaultTests : IDisposable
{
    // The files of a new installation, and room for some hundred certificates.
    private const int DiskMegabytes = 48;
    private const int MoreThanFits = 20_000;
    private const string AgentFeed = "/v1/agent/feed?since=0&wait=0s";
    private const string Identity = "spiffe://identity.test/o/x/t/y/agent/z";

    private readonly List<IDisposable> owned = [];
    private volatile bool isReadOnly;
    private long flushTakesMs;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static bool IsPostgres => StorageBackends.Default == StorageBackend.Postgres;

    [Fact]
    public async Task FullDisk_RefusesBeforeItSigns_AndGoesOnUnaided()
    {
        using var disk = TakeDisk();
        var service = await ServiceUnderTest.StartAsync(
            services => services.AddSingleton(new JournalOptions { DiskReserveBytes = 0 }),
            options => On(disk, options)
        );
        try
        {
            List<(IssuanceJob Job, string Serial)> done = [];
            done.Add(await IssueOkAsync(service, Job(service)));

            disk.Fill();
            var refused = await UntilRefusedAsync(service, done);
            await NothingIsBegunAsync(service);

            disk.Free();
            await ProveAsync(service);
            await VerifyAsync(service, done, refused);

            // It ends while the disk is full again, and starts once there is room.
            disk.Fill();
            (await UntilRefusedAsync(service, done)).ShouldNotBeNull();
            disk.Free();
            service = await service.RestartAsync();
            await VerifyAsync(service, done, refused);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    // What the service has is served, what changes something is refused by name, and no hand is needed when it is over.
    [Fact]
    public async Task FullDisk_AtStart_ServesWhatItHasRefusesChangesAndGoesOnUnaided()
    {
        if (IsPostgres)
        {
            return; // the server's disk; a start without one that can be read is another matter
        }

        using var disk = TakeDisk();
        var bench = await MachineBench.StartAsync(
            options => On(disk, options),
            services => services.AddSingleton(new JournalOptions { DiskReserveBytes = 0 })
        );
        using var key = CertificateRequests.NewKey();
        var agent = await EnrolAsync(bench, key);
        using (var before = MachineOf(bench.Service, agent))
        {
            await before.GetOkAsync(AgentFeed);
        }

        disk.Fill();
        await UntilRefusedAsync(bench.Service, []);
        await bench.Service.StopAsync();
        disk.Fill(); // another program takes what the stop gave back

        await using var service = await bench.Service.RestartAsync();

        service.Get<ScriptedFederation>().Name(bench.TunnelId);
        (await service.Api.GetStringAsync("/.well-known/openid-configuration", Cancel)).ShouldContain("jwks_uri");
        (await service.Api.GetStringAsync("/v1/oauth/jwks", Cancel)).ShouldContain("\"keys\"");
        (await service.Api.GetStringAsync("/v1/tunnels", Cancel)).ShouldContain(bench.TunnelId);
        using (var machine = MachineOf(service, agent))
        {
            (await machine.GetOkAsync(AgentFeed))
                .GetProperty("tunnel")
                .GetProperty("id")
                .GetString()
                .ShouldBe(bench.TunnelId);
        }

        using (var body = new StringContent("{}", Encoding.UTF8, "application/json"))
        using (var refused = await service.Api.PostAsync("/v1/tunnels", body, Cancel))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }

        await NothingIsBegunAsync(service);
        var store = service.Services.GetServices<ReadinessCheck>().Single(check => check.Name == "store");
        (await store.Evaluate(Cancel)).ShouldNotBeNull().ShouldContain("does not accept writes");

        disk.Free();
        await ProveAsync(service);
        await IssueOkAsync(service, Job(service));
    }

    // What an edge needs to refuse a machine takes no room: its feed is served, and all that is revoked with it.
    [Fact]
    public async Task FullDisk_EdgeFeedWithWhatIsRevoked_IsServed()
    {
        using var disk = TakeDisk();
        await using var bench = await MachineBench.StartAsync(
            options => On(disk, options),
            services => services.AddSingleton(new JournalOptions { DiskReserveBytes = 0 })
        );
        var edgeId = (
            await bench.Service.Api.PostOkAsync(
                "/v1/edges",
                """{"name":"edge-1","addresses":["edge.example:7844"],"dns_names":["edge.example"]}"""
            )
        ).Id();
        var (_, edge) = await bench.JoinEdgeAsync(bench.EdgeToken(edgeId), edgeId);
        var (agent, _) = await bench.JoinAsync(bench.AgentToken());
        await bench.Service.Api.PostOkAsync($"/v1/tunnels/{bench.TunnelId}/agents/{agent.Id}/revoke", "{}");

        disk.Fill();
        await UntilRefusedAsync(bench.Service, []);
        var feed = await edge.GetOkAsync("/v1/edge/feed?since=0&wait=0s");

        feed.GetProperty("tunnels").ToString().ShouldContain(bench.TunnelId);
        feed.GetProperty("revoked_serials").ToString().ShouldContain(agent.Certificate.Serial);
        feed.GetProperty("revoked_enrolments").ToString().ShouldContain(agent.Id);
        disk.Free();
        await ProveAsync(bench.Service);
    }

    // A clean stop removes the log and its shared memory; a full disk then has no room to create them again.
    [Fact]
    public void FullDisk_AfterACleanStop_IsOpenedByTheHeadroomAlone()
    {
        using var disk = TakeDisk();
        Directory.CreateDirectory(disk.Path);
        var file = Path.Combine(disk.Path, "small.db");
        SqliteDatabase.Create(file);
        using var database = new SqliteDatabase(file);
        using (var made = database.OpenWrite())
        {
            made.Execute("CREATE TABLE things (id TEXT)");
        }

        database.ReserveHeadroom();
        disk.Fill();
        File.Exists(file + "-shm").ShouldBeFalse();

        using (var opened = database.OpenWrite())
        {
            opened.ExecuteScalar<long>("SELECT COUNT(*) FROM things").ShouldBe(0);
        }

        disk.Fill();
        Should.Throw<SqliteException>(() => database.OpenWrite());
        disk.Free();
        database.ReserveHeadroom();
        new FileInfo(file + "-headroom").UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task ReadOnlyDatabase_RefusesBeforeItSigns_AndGoesOnUnaided()
    {
        var server = IsPostgres ? Own(new PostgresServer(PostgresDurability.Full)) : null;
        await using var service = await ServiceUnderTest.StartAsync(
            services => services.AddSingleton(new JournalOptions { DiskReserveBytes = 0, Probe = Reach }),
            options => server is null ? options : On(server.CreateDatabase(), options)
        );
        List<(IssuanceJob Job, string Serial)> done = [await IssueOkAsync(service, Job(service))];

        SetReadOnly(server, true);
        var refused = await UntilRefusedAsync(service, done);
        await NothingIsBegunAsync(service);

        SetReadOnly(server, false);
        await ProveAsync(service);
        await VerifyAsync(service, done, refused);
    }

    // A start on such a disk says what is wrong and breaks nothing; the next one needs no hand.
    [Fact]
    public async Task ReadOnlyDisk_AtStart_IsRefusedAndStartsOnceItCanBeWritten()
    {
        if (IsPostgres)
        {
            return; // a node's own files: the same code, and its database is elsewhere
        }

        using var disk = TakeDisk();
        var service = await ServiceUnderTest.StartAsync(options: options => On(disk, options));
        List<(IssuanceJob Job, string Serial)> done = [await IssueOkAsync(service, Job(service))];
        await service.StopAsync();

        disk.SetReadOnly(true);
        await Should.ThrowAsync<Microsoft.Data.Sqlite.SqliteException>(service.RestartAsync);
        disk.SetReadOnly(false);

        service = await service.RestartAsync();
        (await IssueAsync(service, done[0].Job)).Document.ShouldNotBeNull().Serial.ShouldBe(done[0].Serial);
        await service.DisposeAsync();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(500)]
    public async Task SlowFlush_EverybodyIsServedAndWhoGaveUpFindsTheSame(int milliseconds)
    {
        const int Many = 32;
        await using var service = await ServiceUnderTest.StartAsync(services =>
            services.AddSingleton(new JournalOptions { DiskReserveBytes = 0, Probe = Reach })
        );
        Volatile.Write(ref flushTakesMs, milliseconds);
        var jobs = Enumerable.Range(0, Many).Select(_ => Job(service)).ToList();

        var outcomes = await Task.WhenAll(jobs.Select(job => Task.Run(() => IssueAsync(service, job), Cancel)));
        outcomes.Select(outcome => outcome.Document.ShouldNotBeNull().Serial).Distinct().Count().ShouldBe(Many);

        // A caller that times out while its intent is flushed: the work continues, and a retry finds it.
        var left = Job(service);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = Task.Run(() => IssueAsync(service, left, impatient.Token), Cancel);
        await impatient.CancelAsync();
        await Task.WhenAny(call);
        Volatile.Write(ref flushTakesMs, 0);
        await IssueOkAsync(service, left);
        (await RowsAsync(service, left)).Count(row => row.Status == "issued").ShouldBe(1);
    }

    public void Dispose() => owned.ForEach(one => one.Dispose());

    private static SmallDisk TakeDisk()
    {
        try
        {
            return new SmallDisk(DiskMegabytes);
        }
        catch (InvalidOperationException fault)
        {
            Assert.Skip($"A small disk needs the right to mount: {fault.Message}");
            throw;
        }
    }

    // SQLite: all files of the node. PostgreSQL: the tables, of a server of this test's own.
    private ServiceOptions On(SmallDisk disk, ServiceOptions options)
    {
        if (!IsPostgres)
        {
            Directory.CreateDirectory(disk.Path);
            return ServiceUnderTest.OptionsIn(disk.Path);
        }

        var server = Own(new PostgresServer(PostgresDurability.Full));
        PostgresPrograms.MakeFolder(disk.Path);
        Sql(server, $"CREATE TABLESPACE small LOCATION '{disk.Path}'");
        Sql(server, "CREATE DATABASE small TABLESPACE small");
        return On(PostgresPrograms.ConnectionString(server.SocketFolder, "small"), options);
    }

    private static ServiceOptions On(string connection, ServiceOptions options) =>
        options with
        {
            Storage = options.Storage with { Postgres = new PostgresOptions(() => connection) { MaxConnections = 10 } },
        };

    private PostgresServer Own(PostgresServer server)
    {
        owned.Add(server);
        return server;
    }

    private static void Sql(PostgresServer server, string sql)
    {
        var connection = PostgresPrograms.ConnectionString(server.SocketFolder, "postgres");
        using var admin = new NpgsqlConnection(
            connection + ";Options=-c default_transaction_read_only=off;Pooling=false"
        );
        admin.Execute(sql);
    }

    // SQLite's own error at the first write; PostgreSQL's for real, as on a server that was made a standby.
    private void SetReadOnly(PostgresServer? server, bool value)
    {
        isReadOnly = value && server is null;
        if (server is not null)
        {
            Sql(server, $"ALTER SYSTEM SET default_transaction_read_only = {(value ? "on" : "off")}");
            Sql(server, "SELECT pg_reload_conf()");
        }
    }

    private void Reach(JournalPoint point)
    {
        if (isReadOnly && point == JournalPoint.Begun)
        {
            throw new SqliteException("attempt to write a readonly database", 8);
        }

        if (point == JournalPoint.Written && Volatile.Read(ref flushTakesMs) is > 0 and var takes)
        {
            SlowDevice.Operate(TimeSpan.FromMilliseconds(takes));
        }
    }

    private static async Task<KeyAndCertificate> EnrolAsync(MachineBench bench, AsymmetricAlgorithm key)
    {
        using var response = await bench.EnrollAsync(bench.AgentToken(), csr: CertificateRequests.Create(key));
        var body = await response.Content.ReadAsStringAsync(Cancel);
        return KeyAndCertificate.Create(
            JsonSerializer.Deserialize(body, WireJson.Default.AgentEnrollment)!.Certificate,
            key
        );
    }

    private static HttpClient MachineOf(ServiceUnderTest service, KeyAndCertificate agent)
    {
        var present = service.Get<IApiCertificate>().Machine.TargetCertificate;
        return new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions
                {
                    ClientCertificateContext = agent.Context,
                    RemoteCertificateValidationCallback = (_, server, _, _) =>
                        server is not null && server.GetRawCertData().AsSpan().SequenceEqual(present.RawData),
                },
                UseProxy = false,
            }
        )
        {
            BaseAddress = service.MachineUrl,
        };
    }

    // Until the store works again no serial number is used, and callers receive an error.
    private static async Task NothingIsBegunAsync(ServiceUnderTest service)
    {
        var before = await CountAsync(service);
        for (var i = 0; i < 3; i++)
        {
            (await IssueAsync(service, Job(service))).Document.ShouldBeNull();
        }

        await service
            .Api.PostAsync("/v1/tunnels", "{}")
            .ShouldRefuseAsync(HttpStatusCode.ServiceUnavailable, "store.unavailable");
        (await CountAsync(service)).ShouldBe(before);
    }

    // What still fits goes through, and is kept.
    private static async Task<IssuanceJob> UntilRefusedAsync(
        ServiceUnderTest service,
        List<(IssuanceJob Job, string Serial)> done
    )
    {
        for (var i = 0; i < MoreThanFits; i++)
        {
            var job = Job(service);
            var outcome = await IssueAsync(service, job);
            if (outcome.Document is { } document)
            {
                done.Add((job, document.Serial));
                continue;
            }

            var refusal = outcome.Refusal.ShouldNotBeNull();
            refusal.Code.Code.ShouldBe("store.unavailable");
            refusal.RetryAfter.ShouldNotBeNull();
            return job;
        }

        throw new InvalidOperationException("It was never refused.");
    }

    private static async Task VerifyAsync(
        ServiceUnderTest service,
        List<(IssuanceJob Job, string Serial)> done,
        IssuanceJob refused
    )
    {
        var later = new FakeTimeProvider(service.Time.GetUtcNow() + OrphanSweep.IntentLife + TimeSpan.FromSeconds(1));
        await ActivatorUtilities.CreateInstance<OrphanSweep>(service.Services, later).RunOldAsync(Cancel);

        // Asked again: the refused one gets a certificate, the others get theirs.
        await IssueOkAsync(service, refused);
        foreach (var (job, serial) in done.TakeLast(20))
        {
            (await IssueAsync(service, job)).Document.ShouldNotBeNull().Serial.ShouldBe(serial);
        }

        await using var connection = await service.Get<Database>().OpenReadAsync(Cancel);
        var rows = (
            await connection.QueryAsync<(string Serial, string Status)>("SELECT serial, status FROM certificates")
        ).ToList();
        rows.ShouldNotContain(row => row.Status == "intent");
        rows.Select(row => row.Serial).Distinct().Count().ShouldBe(rows.Count);
        var issued = rows.Where(row => row.Status == "issued").Select(row => row.Serial).ToHashSet();
        done.ShouldAllBe(one => issued.Contains(one.Serial));
    }

    private static async Task ProveAsync(ServiceUnderTest service)
    {
        await Eventually.UntilAsync(
            () => service.Get<IJournal>().IsHealthy,
            Cancel,
            () => service.Time.Advance(TimeSpan.FromMilliseconds(100))
        );
    }

    private static async Task<int> CountAsync(ServiceUnderTest service)
    {
        await using var connection = await service.Get<Database>().OpenReadAsync(Cancel);
        return await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM certificates");
    }

    private static async Task<List<(string Serial, string Status)>> RowsAsync(ServiceUnderTest service, IssuanceJob job)
    {
        await using var connection = await service.Get<Database>().OpenReadAsync(Cancel);
        return
        [
            .. await connection.QueryAsync<(string, string)>(
                "SELECT serial, status FROM certificates WHERE spki_sha256 = @Sha256",
                new { job.PublicKey.Sha256 }
            ),
        ];
    }

    private static async Task<(IssuanceJob Job, string Serial)> IssueOkAsync(ServiceUnderTest service, IssuanceJob job)
    {
        IssuanceOutcome? outcome = null;
        await Eventually.UntilAsync(
            async () =>
            {
                outcome = await IssueAsync(service, job);
                return outcome.Refusal?.Code.Code != "idempotency.pending"; // the one that was left behind is still at work
            },
            Cancel
        );
        return (job, outcome!.Document.ShouldNotBeNull(outcome.Refusal?.Message).Serial);
    }

    private static async Task<IssuanceOutcome> IssueAsync(
        ServiceUnderTest service,
        IssuanceJob job,
        CancellationToken? cancellationToken = null
    ) => await service.Get<CertificateIssuer>().IssueAsync(job, cancellationToken ?? Cancel);

    private static IssuanceJob Job(ServiceUnderTest service)
    {
        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        return new IssuanceJob
        {
            Kind = CertificateKind.Agent,
            Authority = service.Get<PlatformCa>().Issuing,
            Profile = service.Get<Derived<CertificateOptions, CertificateProfiles>>().Value.Agent,
            PublicKey = key.PublicKey,
            Names = new GrantedNames { Uris = [Identity] },
            Identity = Identity,
            Request = LeafRequest.System with
            {
                Principal = key.PublicKey.Sha256,
                Idempotency = IdempotencyKey.From(key.PublicKey.Sha256, "tests"),
            },
        };
    }
}
