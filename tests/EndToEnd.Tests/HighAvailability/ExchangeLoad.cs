using System.Collections.Concurrent;
using Culvert.EndToEnd.Tests.Harness;

namespace Culvert.EndToEnd.Tests.HighAvailability;

/// <summary>
/// A steady stream of exchanges through the balancer, each of a new assertion: some clients keep their connection, others
/// open one for each.
/// </summary>
internal sealed class ExchangeLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly Exchanger exchanger;
    private readonly Uri address;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<ExchangeOutcome> outcomes = new();
    private readonly Task work;

    private ExchangeLoad(Exchanger exchanger, Uri address, int keeping, int reconnecting)
    {
        (this.exchanger, this.address) = (exchanger, address);
        Standstill.Watch();
        work = Task.WhenAll([
            .. Enumerable.Range(0, keeping).Select(_ => Task.Run(() => RunAsync(isKeeping: true))),
            .. Enumerable.Range(0, reconnecting).Select(_ => Task.Run(() => RunAsync(isKeeping: false))),
        ]);
    }

    /// <summary>What became of every exchange so far, without those that failed because the machine stood still.</summary>
    public IReadOnlyList<ExchangeOutcome> Outcomes => [.. outcomes];

    public static ExchangeLoad Start(Exchanger exchanger, Uri address, int keeping, int reconnecting) =>
        new(exchanger, address, keeping, reconnecting);

    /// <summary>Waits for a grant of an exchange that was begun after the given moment.</summary>
    public async Task<ExchangeOutcome> FirstGrantAsync(
        DateTimeOffset after,
        TimeSpan limit,
        CancellationToken cancellationToken
    )
    {
        var deadline = TimeProvider.System.GetUtcNow() + limit;
        while (TimeProvider.System.GetUtcNow() < deadline)
        {
            if (outcomes.FirstOrDefault(o => o.Error is null && o.Begun > after) is { } good)
            {
                return good;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }

        var last = outcomes.LastOrDefault(o => o.Error is not null);
        throw new InvalidOperationException(
            $"No exchange was granted within {limit}; the last failed with {last?.Error}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await work;
        stopping.Dispose();
    }

    private async Task RunAsync(bool isKeeping)
    {
        var client = exchanger.Client(address);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                var outcome = await ExchangeAsync(client);
                if (outcome.Error is null || !Standstill.HasTouched(outcome.Begun))
                {
                    outcomes.Enqueue(outcome);
                }

                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
                if (!isKeeping)
                {
                    client.Dispose();
                    client = exchanger.Client(address);
                }
            }
        }
        finally
        {
            client.Dispose();
        }
    }

    // To its end, also when the load is over: what was granted must be in the audit.
    private async Task<ExchangeOutcome> ExchangeAsync(HttpClient client)
    {
        var begun = TimeProvider.System.GetUtcNow();
        try
        {
            using var answer = await exchanger.SendAsync(client, exchanger.NextAssertion(), CancellationToken.None);
            var request = answer.Headers.TryGetValues("request-id", out var ids) ? ids.Single() : null;
            var error = answer.IsSuccessStatusCode
                ? null
                : $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(CancellationToken.None)}";
            return new ExchangeOutcome(begun, TimeProvider.System.GetUtcNow(), error, request);
        }
        catch (Exception e)
        {
            // The load outlives every failure: failures are what it counts.
            return new ExchangeOutcome(begun, TimeProvider.System.GetUtcNow(), e.ToString(), null);
        }
    }
}
