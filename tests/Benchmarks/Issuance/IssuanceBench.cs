using System.Globalization;
using System.Runtime.CompilerServices;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;
using Culvert.Testing.Postgres;

namespace Culvert.Benchmarks.Issuance;

/// <summary>
/// <c>issue.sqlite.c64</c> (with an access token), <c>issue.pkcs11.c64</c> (the authority's key in SoftHSM),
/// <c>cert.oidc.sqlite.c64</c> and <c>cert.oidc.postgres.c64</c> (identity provider's token to certificate, two
/// requests), <c>cert.direct.sqlite.c64</c> (one request; the floor is two), <c>issue.stored.N</c> (the floor is an empty store in the same rounds): server certificates, each with
/// both its commits before the answer. Each with its <c>cpu_per_1k</c>: what the service takes of the cores, whatever
/// else the machine does, and how many times the floor's that is.
/// </summary>
internal sealed class IssuanceBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int WarmUpCertificates = 40_000;

    private const int FirstCertificates = 64;

    /// <summary>Of a certificate: that it is being signed, and that it was.</summary>
    private const int EntriesEach = 2;

    // How far back what was stored goes.
    private static readonly TimeSpan Spread = TimeSpan.FromDays(60);

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    /// <param name="part">One of <c>rate</c>, <c>pkcs11</c>, <c>oidc</c>, <c>postgres</c>, <c>stored</c>; null = all.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async IAsyncEnumerable<Figure> RunAsync(
        string? part,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (part is null or "rate")
        {
            foreach (
                var figure in await MeasureAsync(
                    "issue.sqlite",
                    "sealed",
                    IssuanceWay.Token,
                    null,
                    null,
                    cancellationToken
                )
            )
            {
                yield return figure;
            }
        }

        if (part is null or "pkcs11")
        {
            Directory.CreateDirectory(folder);
            var token = await SoftToken.CreateAsync(folder, cancellationToken);
            foreach (
                var figure in await MeasureAsync(
                    "issue.pkcs11",
                    "pkcs11",
                    IssuanceWay.Token,
                    null,
                    token,
                    cancellationToken
                )
            )
            {
                yield return figure;
            }
        }

        if (part is null or "oidc")
        {
            foreach (var figure in await MeasureWaysAsync(cancellationToken))
            {
                yield return figure;
            }
        }

        if (part is null or "postgres")
        {
            using var server = new PostgresServer(PostgresDurability.Full);
            var database = server.CreateDatabase();
            foreach (
                var figure in await MeasureAsync(
                    "cert.oidc.postgres",
                    "sealed",
                    IssuanceWay.TwoRequests,
                    database,
                    null,
                    cancellationToken
                )
            )
            {
                yield return figure;
            }
        }

        if (part is null or "stored")
        {
            foreach (var figure in await MeasureStoredAsync(cancellationToken))
            {
                yield return figure;
            }
        }
    }

    /// <summary>
    /// <c>compare.issue.*</c>: certificates of two builds of the service in alternation, as <see cref="CompareBench"/>
    /// does with exchanges.
    /// </summary>
    /// <param name="first">A built checkout: the floor of each figure.</param>
    /// <param name="second">A built checkout with the change.</param>
    /// <param name="cancellationToken">Ends the measurement.</param>
    public async Task<IReadOnlyList<Figure>> CompareAsync(
        Checkout first,
        Checkout second,
        CancellationToken cancellationToken
    )
    {
        await using var before = await CreateAsync(first, "first", cancellationToken);
        await using var after = await CreateAsync(second, "second", cancellationToken);
        var rounds = await RunInTurnsAsync(CompareBench.Turns, before, after, cancellationToken);
        return
        [
            Compare("compare.issue", "1/s", load => load.Result.PerSecond),
            Compare("compare.issue.cpu_per_1k", "ms", load => load.ProcessorPerThousand.TotalMilliseconds),
        ];

        Figure Compare(string name, string unit, Func<IssuanceLoad, double> value) =>
            Figure.OfBuilds(
                name,
                unit,
                [.. rounds.Select(round => value(round.Floor))],
                [.. rounds.Select(round => value(round.Measured))]
            );
    }

    /// <summary>CULVERT_BENCH_STORED makes it smaller, for trying something out.</summary>
    private static int Stored =>
        int.TryParse(
            Environment.GetEnvironmentVariable("CULVERT_BENCH_STORED"),
            CultureInfo.InvariantCulture,
            out var stored
        )
            ? stored
            : 1_000_000;

    private async Task<IReadOnlyList<Figure>> MeasureAsync(
        string name,
        string custody,
        IssuanceWay way,
        string? postgres,
        string? pkcs11,
        CancellationToken cancellationToken
    )
    {
        await using var load = await CreateAsync(checkout, name, custody, way, postgres, pkcs11, cancellationToken);
        var count = await WarmUpAsync(load, cancellationToken);
        var rounds = await QuietRounds.RunAsync(
            LoadPlan.Rounds,
            [load.Service.Pid],
            async _ =>
            {
                await load.PrepareAsync(count, cancellationToken);
                var bare = BareLoop.Measure(plan.Round, cancellationToken);
                return (Measured: await load.RunAsync(count, plan.Round, cancellationToken), Floor: bare);
            }
        );
        return Figures($"{name}.c64", $"{name}.cpu_per_1k", rounds);
    }

    // The way with two requests and the one with one, in turns.
    private async Task<IReadOnlyList<Figure>> MeasureWaysAsync(CancellationToken cancellationToken)
    {
        await using var two = await CreateAsync(
            checkout,
            "cert.oidc.sqlite",
            "sealed",
            IssuanceWay.TwoRequests,
            null,
            null,
            cancellationToken
        );
        await using var one = await CreateAsync(
            checkout,
            "cert.direct.sqlite",
            "sealed",
            IssuanceWay.OneRequest,
            null,
            null,
            cancellationToken
        );
        var counts = (await WarmUpAsync(two, cancellationToken), await WarmUpAsync(one, cancellationToken));
        var rounds = await QuietRounds.RunAsync(
            LoadPlan.Rounds,
            [two.Service.Pid, one.Service.Pid],
            async _ =>
            {
                await two.PrepareAsync(counts.Item1, cancellationToken);
                await one.PrepareAsync(counts.Item2, cancellationToken);
                var bare = BareLoop.Measure(plan.Round, cancellationToken);
                var withTwo = await two.RunAsync(counts.Item1, plan.Round, cancellationToken);
                var withOne = await one.RunAsync(counts.Item2, plan.Round, cancellationToken);
                return (Floor: bare, Two: withTwo, One: withOne);
            }
        );
        return
        [
            .. Figures(
                "cert.oidc.sqlite.c64",
                "cert.oidc.sqlite.cpu_per_1k",
                rounds.Select(round => (round.Two, round.Floor))
            ),
            .. Figures(
                "cert.direct.sqlite.c64",
                "cert.direct.sqlite.cpu_per_1k",
                rounds.Select(round => (round.One, round.Two))
            ),
        ];
    }

    // Two services side by side, one of which has issued for long; they are asked in turns.
    private async Task<IReadOnlyList<Figure>> MeasureStoredAsync(CancellationToken cancellationToken)
    {
        await using var empty = await CreateAsync(checkout, "empty", cancellationToken);
        await using var full = await CreateAsync(checkout, "stored", cancellationToken);
        // Copies are made of one that the service issued.
        await full.PrepareAsync(FirstCertificates, cancellationToken);
        await full.RunAsync(FirstCertificates, plan.Round, cancellationToken);
        await full.Service.StopAsync(cancellationToken);
        using (var store = new StoreFiller(full.Service.Database))
        {
            store.CopyCertificates(Stored, Spread);
            store.CopyEntries("certificate_signed", Stored * EntriesEach, Spread);
        }

        await full.Service.StartAsync(cancellationToken);
        var rounds = await RunInTurnsAsync(LoadPlan.Rounds, empty, full, cancellationToken);
        return Figures($"issue.stored.{Stored}", $"issue.stored.{Stored}.cpu_per_1k", rounds);
    }

    // Each round begins with the other one.
    private async Task<IReadOnlyList<(IssuanceLoad Measured, IssuanceLoad Floor)>> RunInTurnsAsync(
        int turns,
        CertificateLoad floor,
        CertificateLoad measured,
        CancellationToken cancellationToken
    )
    {
        var ofFloor = await WarmUpAsync(floor, cancellationToken);
        var ofMeasured = await WarmUpAsync(measured, cancellationToken);
        return await QuietRounds.RunAsync(
            turns,
            [floor.Service.Pid, measured.Service.Pid],
            async round =>
            {
                await floor.PrepareAsync(ofFloor, cancellationToken);
                await measured.PrepareAsync(ofMeasured, cancellationToken);
                var before = round % 2 == 0 ? await RunFloorAsync() : null;
                var load = await measured.RunAsync(ofMeasured, plan.Round, cancellationToken);
                return (Measured: load, Floor: before ?? await RunFloorAsync());
            }
        );

        Task<IssuanceLoad> RunFloorAsync() => floor.RunAsync(ofFloor, plan.Round, cancellationToken);
    }

    // How many certificates a round may ask for: requests are made ahead, for more than there will be time.
    private async Task<int> WarmUpAsync(CertificateLoad load, CancellationToken cancellationToken)
    {
        await load.PrepareAsync(WarmUpCertificates, cancellationToken);
        var warm = await load.RunAsync(WarmUpCertificates, plan.WarmUp, cancellationToken);
        // Of the second half, when little is compiled any more.
        return plan.RequestsAt(2 * warm.Result.PerSecond);
    }

    private Task<CertificateLoad> CreateAsync(Checkout build, string name, CancellationToken cancellationToken) =>
        CreateAsync(build, name, "sealed", IssuanceWay.Token, null, null, cancellationToken);

    private Task<CertificateLoad> CreateAsync(
        Checkout build,
        string name,
        string custody,
        IssuanceWay way,
        string? postgres,
        string? pkcs11,
        CancellationToken cancellationToken
    ) =>
        CertificateLoad.CreateAsync(
            mill =>
                ExchangeInstallation.CreateAsync(
                    build,
                    Path.Combine(folder, name),
                    mill,
                    time,
                    cancellationToken,
                    postgres,
                    pkcs11
                ),
            custody,
            way,
            time,
            cancellationToken
        );

    private static IReadOnlyList<Figure> Figures(
        string rate,
        string processor,
        IEnumerable<(IssuanceLoad Measured, IssuanceLoad Floor)> rounds
    )
    {
        var (measured, floor) = (rounds.Select(round => round.Measured), rounds.Select(round => round.Floor));
        return
        [
            Figure.Of(rate, [.. measured.Select(load => load.Result)], [.. floor.Select(load => load.Result)]),
            Figure.OfProcessor(
                processor,
                [.. measured.Select(load => load.ProcessorPerThousand)],
                [.. floor.Select(load => load.ProcessorPerThousand)]
            ),
        ];
    }
}
