using System.Collections.Concurrent;
using Culvert.Benchmarks.Exchange;
using Culvert.Benchmarks.Load;
using Culvert.Stage.Hops;

namespace Culvert.Benchmarks.HighAvailability;

/// <summary>One exchange after the other through the balancer, each on a connection of its own.</summary>
internal sealed class SteadyExchanges : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly Installation installation;
    private readonly AssertionMill mill;
    private readonly BenchRule rule;
    private readonly TimeProvider time;
    private readonly LoadTarget target;
    private readonly ConcurrentQueue<(DateTimeOffset Begun, DateTimeOffset Ended, bool IsGood)> ended = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task work;

    public SteadyExchanges(Installation installation, AssertionMill mill, BenchRule rule, TimeProvider time)
    {
        (this.installation, this.mill, this.rule, this.time) = (installation, mill, rule, time);
        target = LoadTarget.Of("localhost", installation.Ports.Api, installation.Service.PlatformCaFile);
        work = Task.Run(RunAsync);
    }

    /// <summary>When the last exchange that failed had ended; null = none has.</summary>
    public DateTimeOffset? LastFailure =>
        ended.Where(one => !one.IsGood).Select(one => (DateTimeOffset?)one.Ended).LastOrDefault();

    /// <summary>The end of the first good exchange that began after a moment.</summary>
    public async Task<DateTimeOffset> UntilGoodAsync(DateTimeOffset after, CancellationToken cancellationToken)
    {
        while (true)
        {
            foreach (var one in ended)
            {
                if (one.IsGood && one.Begun > after)
                {
                    return one.Ended;
                }
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await work;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var begun = time.GetUtcNow();
            var isGood = await TryAsync();
            ended.Enqueue((begun, time.GetUtcNow(), isGood));
            await Task.Delay(Pause, time, CancellationToken.None);
        }
    }

    private async Task<bool> TryAsync()
    {
        var request = mill.Requests(
            1,
            new Uri(installation.Service.PublicUrl),
            installation.Record.OrganizationId,
            _ => new AssertionTarget(rule.Id, ExchangeInstallation.Issuer),
            time.GetUtcNow()
        )[0];
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            await using var connection = await HttpConnection.OpenAsync(target, limit.Token);
            return await connection.SendAsync(request, limit.Token) == 200;
        }
        catch (Exception)
        {
            return false; // whatever it was, it counts as a failure
        }
    }
}
