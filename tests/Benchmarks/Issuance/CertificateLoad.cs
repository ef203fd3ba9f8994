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
    private readonly IssuanceWay way;
    private readonly TimeProvider time;
    private RequestFile? exchanges;
    private RequestFile? issuances;

    private CertificateLoad(
        ExchangeInstallation service,
        IssuingTunnel tunnel,
        AssertionMill mill,
        IssuanceWay way,
        TimeProvider time
    ) => (this.service, this.tunnel, this.mill, this.way, this.time) = (service, tunnel, mill, way, time);

    public ExchangeInstallation Service => service;

    public static async Task<CertificateLoad> CreateAsync(
        Func<AssertionMill, Task<ExchangeInstallation>> installAsync,
        string custody,
        IssuanceWay way,
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
            return new CertificateLoad(service, tunnel, mill, way, time);
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
        issuances = await RequestFile.WriteAsync(
            service.Run.File("issuances"),
            way == IssuanceWay.OneRequest
                ? RequestMill.AssertedRequests(
                    count,
                    service.Url,
                    (tunnel.TunnelId, service.OrganizationId, tunnel.RuleId),
                    () => mill.Assertion(ExchangeInstallation.Issuer, service.Url.OriginalString, now)
                )
                : RequestMill.Requests(
                    count,
                    service.Url,
                    tunnel.TunnelId,
                    way == IssuanceWay.TwoRequests
                        ? RequestMill.TokenMark
                        : await tunnel.TokenAsync(mill, now, cancellationToken)
                ),
            cancellationToken
        );
        exchanges =
            way == IssuanceWay.TwoRequests
                ? await RequestFile.WriteAsync(
                    service.Run.File("exchanges"),
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
