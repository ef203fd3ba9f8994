using System.Globalization;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Stage;
using Culvert.Testing.Postgres;

namespace Culvert.Benchmarks.Issuance;

/// <summary>
/// <c>issue.sqlite.c64</c> and <c>issue.cpu_per_1k</c> (access token in hand), <c>issue.pkcs11.c64</c> (the authority's
/// key in SoftHSM), <c>cert.oidc.sqlite.c64</c> and <c>cert.oidc.postgres.c64</c> (identity
/// provider's token to certificate, two requests), <c>issue.stored.N</c> (the floor is the empty store of the same run):
/// server certificates, each with both its commits before the answer.
/// </summary>
internal sealed class IssuanceBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Connections = 64;

    /// <summary>More than the server answers in a second on two cores.</summary>
    private const int PerSecond = 8_000;

    private const int WarmUpRequests = 40_000;

    private readonly LoadPlan plan = LoadPlan.FromEnvironment();

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var floor = BareLoop.Measure(plan.Round, cancellationToken);
        var (issued, processor, stored) = await MeasureSqliteAsync(cancellationToken);
        return
        [
            Figure.Of("issue.sqlite.c64", [issued], [floor]),
            new Figure
            {
                Name = "issue.cpu_per_1k",
                Value = Math.Round(processor.TotalMilliseconds, 1),
                Unit = "ms",
            },
            Figure.Of("issue.pkcs11.c64", [await MeasureTokenAsync(cancellationToken)], [floor]),
            Figure.Of("cert.oidc.sqlite.c64", [await MeasurePairsAsync("pairs", null, cancellationToken)], [floor]),
            Figure.Of("cert.oidc.postgres.c64", [await MeasurePostgresAsync(cancellationToken)], [floor]),
            Figure.Of($"issue.stored.{Stored}", [stored], [issued]),
        ];
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

    // Empty first, then the same service with a full store.
    private async Task<(LoadResult Empty, TimeSpan ProcessorPerThousand, LoadResult Full)> MeasureSqliteAsync(
        CancellationToken cancellationToken
    )
    {
        using var mill = new AssertionMill();
        await using var service = await CreateAsync("sqlite", mill, null, cancellationToken);
        var tunnel = await IssuingTunnel.CreateAsync(service, cancellationToken);
        var (empty, processor) = await MeasureAsync(service, tunnel, mill, cancellationToken);
        await service.StopAsync(cancellationToken);
        using (var store = new StoreFiller(service.Database))
        {
            store.CopyCertificates(Stored);
        }

        await service.StartAsync(cancellationToken);
        var (full, _) = await MeasureAsync(service, tunnel, mill, cancellationToken);
        return (empty, processor, full);
    }

    private async Task<LoadResult> MeasureTokenAsync(CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        Directory.CreateDirectory(folder);
        var settings = await SoftToken.CreateAsync(folder, cancellationToken);
        await using var service = await CreateAsync("pkcs11", mill, null, cancellationToken, settings);
        var tunnel = await IssuingTunnel.CreateAsync(service, cancellationToken, "pkcs11");
        return (await MeasureAsync(service, tunnel, mill, cancellationToken)).Load;
    }

    // With the processor time that the service took for a thousand certificates, whatever else the machine did.
    private async Task<(LoadResult Load, TimeSpan ProcessorPerThousand)> MeasureAsync(
        ExchangeInstallation service,
        IssuingTunnel tunnel,
        AssertionMill mill,
        CancellationToken cancellationToken
    )
    {
        var token = await tunnel.TokenAsync(mill, time.GetUtcNow(), cancellationToken);
        var (warm, count) = Counts();
        var made = RequestMill.Requests(warm + count, service.Url, tunnel.TunnelId, token);
        var requests = await RequestFile.WriteAsync(service.Run.File("issuances"), made, cancellationToken);
        await LoadAsync(plan.WarmUp, warm);
        var before = ProcessorTime.Of(service.Pid);
        var load = await LoadAsync(plan.Round, count);
        var issued = load.PerSecond * plan.Round.TotalSeconds;
        return (load, (ProcessorTime.Of(service.Pid) - before) / issued * 1000);

        Task<LoadResult> LoadAsync(TimeSpan duration, int some) =>
            Wrk.RunAsync(
                UrlOf(service),
                requests,
                requests.Take(some),
                reuse: false,
                Connections,
                duration,
                cancellationToken
            );
    }

    private async Task<LoadResult> MeasurePostgresAsync(CancellationToken cancellationToken)
    {
        using var server = new PostgresServer();
        return await MeasurePairsAsync("postgres", server.CreateDatabase(), cancellationToken);
    }

    private async Task<LoadResult> MeasurePairsAsync(string name, string? postgres, CancellationToken cancellationToken)
    {
        using var mill = new AssertionMill();
        await using var service = await CreateAsync(name, mill, postgres, cancellationToken);
        var tunnel = await IssuingTunnel.CreateAsync(service, cancellationToken);
        var (warm, count) = Counts();
        var exchanges = await RequestFile.WriteAsync(
            service.Run.File("exchanges"),
            mill.Requests(
                warm + count,
                service.Url,
                service.OrganizationId,
                _ => new AssertionTarget(tunnel.RuleId, ExchangeInstallation.Issuer),
                time.GetUtcNow()
            ),
            cancellationToken
        );
        var issuances = await RequestFile.WriteAsync(
            service.Run.File("issuances"),
            RequestMill.Requests(warm + count, service.Url, tunnel.TunnelId, RequestMill.TokenMark),
            cancellationToken
        );
        await LoadAsync(plan.WarmUp, warm);
        return await LoadAsync(plan.Round, count);

        Task<LoadResult> LoadAsync(TimeSpan duration, int some) =>
            Wrk.RunPairsAsync(
                UrlOf(service),
                (exchanges, exchanges.Take(some)),
                (issuances, issuances.Take(some)),
                Connections,
                duration,
                cancellationToken
            );
    }

    private Task<ExchangeInstallation> CreateAsync(
        string name,
        AssertionMill mill,
        string? postgres,
        CancellationToken cancellationToken,
        string? pkcs11 = null
    ) =>
        ExchangeInstallation.CreateAsync(
            checkout,
            Path.Combine(folder, name),
            mill,
            time,
            cancellationToken,
            postgres,
            pkcs11
        );

    private (int Warm, int Measured) Counts() =>
        (
            (int)Math.Min(plan.WarmUp.TotalSeconds * PerSecond, WarmUpRequests),
            (int)(plan.Round.TotalSeconds * PerSecond)
        );

    private static string UrlOf(ExchangeInstallation service) =>
        string.Create(CultureInfo.InvariantCulture, $"https://localhost:{service.Ports.Api}/");
}
