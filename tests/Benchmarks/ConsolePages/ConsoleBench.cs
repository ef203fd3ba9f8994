using System.Globalization;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Issuance;
using Culvert.Stage;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.ConsolePages;

/// <summary>
/// <c>console.page</c>: every page of the console on a service with 100,000 certificates and 1,000,000 audit entries. The
/// figure is the slowest page's, the floor is a file of the console over the same connection.
/// </summary>
internal sealed class ConsoleBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int Certificates = 100_000;
    private const int Entries = 1_000_000;
    private const int FirstCertificates = 500;
    private const int WarmUp = 100;
    private const int Looks = 200;

    private static readonly TimeSpan Spread = TimeSpan.FromDays(60);

    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        await using var load = await CertificateLoad.CreateAsync(
            mill => ExchangeInstallation.CreateAsync(checkout, folder, mill, time, cancellationToken),
            "sealed",
            way: IssuanceWay.TwoRequests,
            time,
            cancellationToken
        );
        var service = load.Service;
        // Copies are made of what the service itself wrote.
        await load.PrepareAsync(FirstCertificates, cancellationToken);
        await load.RunAsync(FirstCertificates, TimeSpan.FromSeconds(5), cancellationToken);
        await service.StopAsync(cancellationToken);
        await TellAsync($"filling: {Certificates} certificates, {Entries} audit entries");
        using (var store = new StoreFiller(service.Database))
        {
            store.CopyCertificates(Certificates, Spread);
            store.CopyEntries("certificate_signed", Entries / 2, Spread / 2);
            store.CopyEntries("platform_federated_authentication", Entries / 2, Spread / 4);
        }

        await service.StartAsync(cancellationToken);
        using var browser = await ConsoleBrowser.SignInAsync(service, cancellationToken);
        var styles = await MeasureAsync(browser, browser.Styles, cancellationToken);
        List<(string Path, PageTimes Times)> pages = [];
        foreach (var path in await PagesAsync(service, cancellationToken))
        {
            var times = await MeasureAsync(browser, path, cancellationToken);
            await TellAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{path}: p50 {times.P50.TotalMilliseconds:0.0} ms, p99 {times.P99.TotalMilliseconds:0.0} ms, {times.Bytes} bytes"
                )
            );
            pages.Add((path, times));
        }

        var slowest = pages.MaxBy(page => page.Times.P99).Times;
        return
        [
            new Figure
            {
                Name = "console.page",
                Value = Milliseconds(slowest.P99),
                Unit = "ms",
                Floor = Milliseconds(styles.P99),
                Ratio = Math.Round(slowest.P99 / styles.P99, 2),
                P50Ms = Milliseconds(slowest.P50),
                P99Ms = Milliseconds(slowest.P99),
                FloorP99Ms = Milliseconds(styles.P99),
            },
        ];
    }

    private static async Task<IReadOnlyList<string>> PagesAsync(
        ExchangeInstallation service,
        CancellationToken cancellationToken
    )
    {
        using var api = service.OpenApi();
        async Task<string> FirstAsync(string list) =>
            (await api.GetAsync(list, cancellationToken)).GetProperty("data")[0].GetProperty("id").GetString()!;

        return
        [
            "/console",
            "/console/tunnels",
            "/console/tunnels/" + await FirstAsync("/v1/tunnels"),
            "/console/authorities",
            "/console/authorities/" + await FirstAsync("/v1/certificate_authorities"),
            "/console/certificates",
            "/console/certificates?expires_before=2100-01-01T00:00:00Z",
            "/console/certificates/" + await FirstAsync("/v1/certificates"),
            "/console/issuers",
            "/console/issuers/" + service.IssuerId,
            "/console/rules",
            "/console/rules/" + service.RuleId,
            "/console/simulate",
            "/console/history",
            "/console/audit",
            "/console/inventory",
            "/console/settings",
        ];
    }

    private async Task<PageTimes> MeasureAsync(ConsoleBrowser browser, string path, CancellationToken cancellationToken)
    {
        var times = new List<TimeSpan>(Looks);
        var bytes = 0;
        for (var look = -WarmUp; look < Looks; look++)
        {
            var begun = time.GetTimestamp();
            bytes = await browser.LookAsync(path, cancellationToken);
            if (look >= 0)
            {
                times.Add(time.GetElapsedTime(begun));
            }
        }

        times.Sort();
        return new PageTimes(times[Looks / 2], times[Looks * 99 / 100], bytes);
    }

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 2);

    private static Task TellAsync(string text) => Console.Error.WriteLineAsync(text);

    private sealed record PageTimes(TimeSpan P50, TimeSpan P99, int Bytes);
}
