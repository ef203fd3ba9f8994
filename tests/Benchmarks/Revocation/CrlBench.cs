using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Stores;
using Culvert.Ca.Issuance;
using Culvert.Ca.Keys;
using Culvert.Ca.Names;
using Culvert.Ca.Orders;
using Culvert.Ca.Profiles;
using Culvert.Ca.Revocation;
using Culvert.Identity.Service.Certificates.Inventory;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.Revocation;
using Culvert.Identity.Service.Configuration;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Culvert.Testing.Postgres;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Benchmarks.Revocation;

/// <summary>
/// A store of a million revoked certificates: how long it takes to create all their lists again, with lints, diff and
/// durable commits, and how long the inventory takes for a page and a forecast.
/// </summary>
internal sealed class CrlBench(string folder, TimeProvider time)
{
    private const int Shards = 1024;
    private const int AtOnce = 32;
    private const string Organization = "org";
    private const string Ca = "ca_bench";

    // CULVERT_BENCH_ROWS makes a quick look possible; the figures' names say how many there were.
    private readonly int rows = int.Parse(
        Environment.GetEnvironmentVariable("CULVERT_BENCH_ROWS") ?? "1000000",
        CultureInfo.InvariantCulture
    );

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var figure in await RunAsync("", Path.Combine(folder, "sqlite"), null, cancellationToken))
        {
            yield return figure;
        }

        using var server = new PostgresServer(PostgresDurability.Full);
        var connection = server.CreateDatabase();
        var postgres = await RunAsync(
            ".postgres",
            Path.Combine(folder, "postgres"),
            new PostgresOptions(() => connection) { MaxConnections = 10 },
            cancellationToken
        );
        foreach (var figure in postgres)
        {
            yield return figure;
        }
    }

    private async Task<IReadOnlyList<Figure>> RunAsync(
        string kind,
        string state,
        PostgresOptions? postgres,
        CancellationToken cancellationToken
    )
    {
        var options = EmptyStore.Make(state, postgres, time);
        using var store = Store.Open(options.StoreSettings, NullLogger.Instance);
        var journalOptions = new JournalOptions { DiskReserveBytes = 0 };
        using var changes = new ChangeHub(time, journalOptions, NullLogger<ChangeHub>.Instance);
        using var journal = new Journal(
            store.Database,
            store.Node,
            new Ordinals(store.Node.Id, time),
            journalOptions,
            changes,
            time,
            NullLogger<Journal>.Instance
        );
        var revocations = new RevocationStore(store.Database);
        var point = new RevocationPoint(Ca, Shards, "", time.GetUtcNow());
        await journal.CommitAsync(new Decision { Statements = revocations.InsertPoint(point) }, cancellationToken);
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"filling{kind}: {rows} certificates")
        );
        if (postgres is null)
        {
            Fill(store.Database);
        }
        else
        {
            FillPostgres(store.Database);
        }

        using var key = IssuerKey.Generate(KeyAlgorithm.EcdsaP256);
        var signer = SignerOf(key);
        var builder = new RevocationListBuilder(
            revocations,
            new RevocationPoints(revocations, options.Identity, new(options.Certificates)),
            new(options.Certificates),
            new(options.Federation),
            time
        );
        // Once unmeasured: what is measured holds each list against the one before, as every later day does.
        await RebuildAsync(revocations, builder, journal, point, signer, cancellationToken);
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5", cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(1.1), time, cancellationToken);
        var processor = ProcessorTime.Of(Environment.ProcessId);
        var begin = time.GetTimestamp();
        var largest = await RebuildAsync(revocations, builder, journal, point, signer, cancellationToken);
        var elapsed = time.GetElapsedTime(begin);
        processor = ProcessorTime.Of(Environment.ProcessId) - processor;
        var memory = PeakMegabytes();

        return
        [
            Of("crl.rebuild" + kind, elapsed.TotalSeconds, "s"),
            Of("crl.cpu" + kind, processor.TotalSeconds, "s"),
            Of("crl.memory" + kind, memory, "MB"),
            Of("crl.shard" + kind, largest / 1000.0, "kB"),
            Of("inventory.page" + kind, await PageAsync(store.Database, cancellationToken), "ms"),
            Of("inventory.forecast" + kind, await ForecastAsync(store.Database, cancellationToken), "ms"),
        ];
    }

    private Figure Of(string name, double value, string unit) =>
        new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{name}.{rows}"),
            Value = Math.Round(value, 2),
            Unit = unit,
        };

    private static async Task<int> RebuildAsync(
        RevocationStore revocations,
        RevocationListBuilder builder,
        Journal journal,
        RevocationPoint point,
        SigningAuthority signer,
        CancellationToken cancellationToken
    )
    {
        var largest = 0;
        foreach (var some in Enumerable.Range(0, Shards).Chunk(AtOnce))
        {
            ConcurrentQueue<Task<CommitResult>> commits = [];
            await Parallel.ForEachAsync(
                some,
                cancellationToken,
                async (shard, cancel) =>
                {
                    var present = (await revocations.FindListAsync(Ca, shard, cancel))!;
                    var next = await builder.BuildAsync(point, present, signer, cancel);
                    if (!next.Succeeded)
                    {
                        throw new InvalidOperationException(next.Refusal.Message);
                    }

                    InterlockedMax(ref largest, next.Value.List!.Length);
                    var decision = new Decision { Statements = [revocations.Publish(next.Value, present.Number)] };
                    commits.Enqueue(journal.CommitAsync(decision, cancel).AsTask());
                }
            );
            await Task.WhenAll(commits);
        }

        return largest;
    }

    private static void InterlockedMax(ref int largest, int value)
    {
        for (var seen = largest; value > seen; seen = Volatile.Read(ref largest))
        {
            if (Interlocked.CompareExchange(ref largest, value, seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>The slowest of the filters, each at its median of several pages.</summary>
    private async Task<double> PageAsync(Database database, CancellationToken cancellationToken)
    {
        var inventory = new CertificateInventory(database);
        var all = new CertificateFilter(Organization, null, WithInstallation: true, null, null);
        var now = time.GetUtcNow();
        CertificateFilter[] filters =
        [
            all,
            all with
            {
                TunnelId = "tnl_1",
            },
            all with
            {
                CaId = Ca,
            },
            all with
            {
                Identity = "i77",
            },
            all with
            {
                Status = InventoryStatus.Revoked,
            },
            all with
            {
                Status = InventoryStatus.Void,
            },
            all with
            {
                ExpiresFrom = now,
                ExpiresBefore = now.AddDays(14),
            },
            all with
            {
                CaId = Ca,
                ExpiresFrom = now,
            },
        ];
        var worst = 0.0;
        foreach (var filter in filters)
        {
            List<double> times = [];
            var place = InventoryPlace.GetStart(filter.IsByExpiry);
            for (var page = 0; page < 20; page++)
            {
                var begin = time.GetTimestamp();
                var list = await inventory.ListAsync(filter, place, 101, cancellationToken);
                times.Add(time.GetElapsedTime(begin).TotalMilliseconds);
                if (list.Count == 0)
                {
                    break;
                }

                place = InventoryQuery.GetPlace(list[^1], filter.IsByExpiry);
            }

            times.Sort();
            await Console.Error.WriteLineAsync(
                string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:0.00} ms a page: {filter}")
            );
            worst = Math.Max(worst, times[times.Count / 2]);
        }

        return worst;
    }

    private async Task<double> ForecastAsync(Database database, CancellationToken cancellationToken)
    {
        // Nothing of what is revoked is in a forecast: it is counted with all of it valid.
        using (var connection = database.OpenWrite())
        {
            await connection.ExecuteAsync(
                "UPDATE certificates SET revoked_at_ms = NULL, revocation_reason = NULL",
                commandTimeout: 600
            );
            if (database.File is null)
            {
                await connection.ExecuteAsync("VACUUM ANALYZE certificates", commandTimeout: 600);
            }
        }

        var inventory = new CertificateInventory(database);
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        List<double> times = [];
        for (var round = 0; round < 5; round++)
        {
            var begin = time.GetTimestamp();
            await inventory.ForecastAsync(Organization, null, today, 400, cancellationToken);
            times.Add(time.GetElapsedTime(begin).TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    // The indexes are made after the rows, which is how a restored database is filled, too.
    private void Fill(Database database)
    {
        using var connection = database.OpenWrite();
        var indexes = connection
            .Query<(string Name, string Sql)>(
                "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'certificates' AND type = 'index' AND sql IS NOT NULL"
            )
            .ToList();
        foreach (var (name, _) in indexes)
        {
            connection.Execute("DROP INDEX " + name);
        }

        var now = time.GetUtcNow();
        var serial = new byte[18];
        using (var transaction = connection.BeginTransaction())
        using (var insert = connection.CreateCommand())
        {
            insert.Transaction = transaction;
            insert.CommandText =
                "INSERT INTO certificates (id, ordinal, serial, kind, status, organization_id, workspace_id, tunnel_id, "
                + "ca_id, identity, issued_at_ms, not_before_ms, not_after_ms, spki_sha256, fingerprint, expires_day, "
                + "revoked_at_ms, revocation_reason, crl_shard) VALUES (@id, @n, @serial, 'server', 'issued', 'org', 'w', "
                + "@tunnel, 'ca_bench', @identity, @from, @from, @to, @serial, @serial, @day, @from, 'superseded', @shard)";
            var parameters = new[] { "@id", "@n", "@serial", "@tunnel", "@identity", "@from", "@to", "@day", "@shard" }
                .Select(name =>
                {
                    var parameter = insert.CreateParameter();
                    parameter.ParameterName = name;
                    insert.Parameters.Add(parameter);
                    return parameter;
                })
                .ToArray();
            for (var n = 1; n <= rows; n++)
            {
                RandomNumberGenerator.Fill(serial);
                serial[0] = 1;
                var hex = Convert.ToHexStringLower(serial);
                var end = now.AddDays(2 + (n % 88));
                object[] values =
                [
                    string.Create(CultureInfo.InvariantCulture, $"cert_{n}"),
                    (long)n,
                    hex,
                    string.Create(CultureInfo.InvariantCulture, $"tnl_{n % 10}"),
                    string.Create(CultureInfo.InvariantCulture, $"i{n % 1000}"),
                    now.AddHours(-1).ToStore(),
                    end.ToStore(),
                    InventorySql.ToDay(end),
                    (long)RevocationShards.GetShard(hex, Shards),
                ];
                for (var i = 0; i < values.Length; i++)
                {
                    parameters[i].Value = values[i];
                }

                insert.ExecuteNonQuery();
            }

            transaction.Commit();
        }

        foreach (var (_, sql) in indexes)
        {
            connection.Execute(sql);
        }
    }

    // The same rows, created on the server. Vacuumed, as the server does automatically after some time.
    private void FillPostgres(Database database)
    {
        using var connection = database.OpenWrite();
        var indexes = connection
            .Query<(string Name, string Sql)>(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'certificates' "
                    + "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
            )
            .ToList();
        foreach (var (name, _) in indexes)
        {
            connection.Execute("DROP INDEX " + name);
        }

        var now = time.GetUtcNow();
        connection.Execute(
            "INSERT INTO certificates (id, ordinal, serial, kind, status, organization_id, workspace_id, tunnel_id, ca_id, "
                + "identity, issued_at_ms, not_before_ms, not_after_ms, spki_sha256, fingerprint, expires_day, revoked_at_ms, "
                + "revocation_reason, crl_shard) SELECT 'cert_' || n, n, serial, 'server', 'issued', 'org', 'w', "
                + "'tnl_' || n % 10, 'ca_bench', 'i' || n % 1000, @from, @from, ends, serial, serial, ends / 86400000, @from, "
                + "'superseded', (('x' || right(serial, 4))::bit(16))::int % @shards FROM (SELECT n, '01' || md5(n::text) || "
                + "right(md5('more' || n), 2) AS serial, @now + (2 + n % 88) * 86400000 AS ends "
                + "FROM generate_series(1, @rows) AS n) AS made",
            new
            {
                rows = (long)rows,
                shards = (long)Shards,
                from = now.AddHours(-1).ToStore(),
                now = now.ToStore(),
            },
            commandTimeout: 600
        );
        foreach (var (_, sql) in indexes)
        {
            connection.Execute(sql, commandTimeout: 600);
        }

        connection.Execute("VACUUM ANALYZE certificates", commandTimeout: 600);
    }

    private SigningAuthority SignerOf(IssuerKey key)
    {
        var name = DistinguishedName.FromCommonName("Bench authority");
        var plan = IssuancePlan.Prepare(
            new IssuanceOrder
            {
                Issuer = Issuer.Self(name, key.PublicKey),
                Profile = CertificateProfile.CreateValid(
                    StandardProfiles.PlatformRoot() with
                    {
                        KeyAlgorithms = [KeyAlgorithms.Name(KeyAlgorithm.EcdsaP256)],
                    }
                ),
                PublicKey = key.PublicKey,
                Subject = name,
                Serial = SerialNumber.Draw(1, time.GetUtcNow()),
                Now = time.GetUtcNow(),
            }
        );
        var issued = plan.Succeeded
            ? plan.Value.Redeem(key)
            : throw new InvalidOperationException(plan.Refusal.Message);
        return new SigningAuthority
        {
            CaId = Ca,
            Issuer = Issuer.FromChain([issued.Value!.Certificate]),
            Key = key,
            ChainPem = "",
        };
    }

    private static double PeakMegabytes()
    {
        var line = File.ReadLines("/proc/self/status").First(one => one.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
            / 1024;
    }
}
