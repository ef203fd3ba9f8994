using System.Globalization;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;

namespace Culvert.Benchmarks.Exchange;

/// <summary>A measured load with the processor time that the server took for a thousand of its requests.</summary>
internal sealed record ExchangeLoad(LoadResult Result, TimeSpan ProcessorPerThousand)
{
    public const int Connections = 64;

    /// <summary>After a warm-up that is not counted.</summary>
    /// <param name="port">Of the server, on this machine.</param>
    /// <param name="pid">Of the server.</param>
    /// <param name="requests">Where they come from.</param>
    /// <param name="plan">How long.</param>
    /// <param name="reuse">Whether a request may be sent again; to the service each goes once.</param>
    /// <param name="cancellationToken">Ends the load.</param>
    public static async Task<ExchangeLoad> MeasureAsync(
        int port,
        int pid,
        RequestFile requests,
        LoadPlan plan,
        bool reuse,
        CancellationToken cancellationToken
    )
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}/");
        var warm = requests.Take(plan.WarmUpRequests);
        await Wrk.RunAsync(url, requests, warm, reuse, Connections, plan.WarmUp, cancellationToken);
        var part = reuse ? warm : requests.Take(plan.Requests);
        var before = ProcessorTime.Of(pid);
        var load = await Wrk.RunAsync(url, requests, part, reuse, Connections, plan.Duration, cancellationToken);
        var count = load.PerSecond * plan.Duration.TotalSeconds;
        return new ExchangeLoad(load, (ProcessorTime.Of(pid) - before) / count * 1000);
    }
}
