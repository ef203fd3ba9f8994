using System.Globalization;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Issuance;

/// <summary>A service that issues, and what asks it to: each request for a certificate has a key of its own.</summary>
internal sealed class CertificateLoad : IAsyncDisposable
{
    private const int Connections = 64;

    private readonly ExchangeInstallation service;
    private readonly IssuingTunnel tunnel;
    private readonly AssertionMill mill;
    private readonly bool isFromProvider;
    private readonly TimeProvider time;
    private RequestFile? exchanges;
    private RequestFile? issuances;
    private int made;

    private CertificateLoad(
        ExchangeInstallation service,
        IssuingTunnel tunnel,
        AssertionMill mill,
        bool isFromProvider,
        TimeProvider time
    ) =>
        (this.service, this.tunnel, this.mill, this.isFromProvider, this.time) = (
            service,
            tunnel,
            mill,
            isFromProvider,
            time
        );

    public ExchangeInstallation Service => service;

    /// <param name="isFromProvider">
    /// Two requests for each certificate, the first for an access token; else one token serves them all.
    /// </param>
    public static async Task<CertificateLoad> CreateAsync(
        Func<AssertionMill, Task<ExchangeInstallation>> installAsync,
        string custody,
        bool isFromProvider,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var mill = new AssertionMill();
        ExchangeInstallation? service = null;
        try
        {
            service = await installAsync(mill);
            var tunnel = await IssuingTunnel.CreateAsync(service, cancellationToken, custody);
            return new CertificateLoad(service, tunnel, mill, isFromProvider, time);
        }
        catch
        {
            mill.Dispose();
            if (service is not null)
            {
                await service.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Makes requests for so many certificates.</summary>
    public async Task PrepareAsync(int count, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var token = isFromProvider ? RequestMill.TokenMark : await tunnel.TokenAsync(mill, now, cancellationToken);
        var name = string.Create(CultureInfo.InvariantCulture, $"issuances-{++made}");
        issuances = await RequestFile.WriteAsync(
            service.Run.File(name),
            RequestMill.Requests(count, service.Url, tunnel.TunnelId, token),
            cancellationToken
        );
        exchanges = isFromProvider
            ? await RequestFile.WriteAsync(
                service.Run.File($"{name}-exchanges"),
                mill.Requests(
                    count,
                    service.Url,
                    service.OrganizationId,
                    _ => new AssertionTarget(tunnel.RuleId, ExchangeInstallation.Issuer),
                    now
                ),
                cancellationToken
            )
            : null;
    }

    /// <summary>Asks for so many at most, with 64 connections.</summary>
    public async Task<IssuanceLoad> RunAsync(int count, TimeSpan duration, CancellationToken cancellationToken)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"https://localhost:{service.Ports.Api}/");
        var before = ProcessorTime.Of(service.Pid);
        var result = exchanges is null
            ? await Wrk.RunAsync(
                url,
                issuances!,
                issuances!.Take(count),
                reuse: false,
                Connections,
                duration,
                cancellationToken
            )
            : await Wrk.RunPairsAsync(
                url,
                (exchanges, exchanges.Take(count)),
                (issuances!, issuances!.Take(count)),
                Connections,
                duration,
                cancellationToken
            );
        return new IssuanceLoad(result, (ProcessorTime.Of(service.Pid) - before) / result.Requests * 1000);
    }

    public async ValueTask DisposeAsync()
    {
        await service.DisposeAsync();
        mill.Dispose();
    }
}
