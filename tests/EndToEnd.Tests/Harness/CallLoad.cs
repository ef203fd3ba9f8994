using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>
/// A steady stream of calls from several clients, each call with a text of its own: some clients keep their connection,
/// others open a new one (a new handshake) for every call.
/// </summary>
internal sealed class CallLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly RunningSystem system;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<CallOutcome> outcomes = new();
    private readonly ConcurrentDictionary<string, byte> serials = new();
    private readonly Task work;

    private readonly IPEndPoint? connectTo;

    private CallLoad(RunningSystem system, int keeping, int reconnecting, IPEndPoint? connectTo)
    {
        (this.system, this.connectTo) = (system, connectTo);
        Standstill.Watch();
        work = Task.WhenAll([
            .. Enumerable.Range(0, keeping).Select(_ => Task.Run(KeepAsync)),
            .. Enumerable.Range(0, reconnecting).Select(_ => Task.Run(ReconnectAsync)),
        ]);
    }

    /// <summary>
    /// What became of every call so far, in the order in which they ended; without those that failed because the machine
    /// stood still.
    /// </summary>
    public IReadOnlyList<CallOutcome> Outcomes => [.. outcomes];

    /// <summary>Serial numbers of all leaves that were presented.</summary>
    public IReadOnlyCollection<string> Serials => [.. serials.Keys];

    /// <param name="connectTo">Where clients go instead of the edge; null = the edge.</param>
    public static CallLoad Start(
        RunningSystem system,
        int keeping = 2,
        int reconnecting = 1,
        IPEndPoint? connectTo = null
    ) => new(system, keeping, reconnecting, connectTo);

    /// <summary>Waits for a call that was begun after the given moment and succeeded.</summary>
    public async Task<CallOutcome> FirstGoodCallAsync(
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
        throw new InvalidOperationException($"No call succeeded within {limit}; the last failed with {last?.Error}");
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await work;
        stopping.Dispose();
    }

    private async Task KeepAsync()
    {
        McpCaller? caller = null;
        while (!stopping.IsCancellationRequested)
        {
            await CallAsync(async text =>
            {
                caller ??= await ConnectAsync();
                return await caller.EchoAsync(text, stopping.Token);
            });
        }

        Remember(caller);
        caller?.Dispose();
    }

    private async Task ReconnectAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            await CallAsync(async text =>
            {
                using var caller = await ConnectAsync();
                Remember(caller);
                return await caller.EchoAsync(text, stopping.Token);
            });
        }
    }

    private Task<McpCaller> ConnectAsync() => system.ConnectAsync(stopping.Token, connectTo);

    private async Task CallAsync(Func<string, Task<string>> call)
    {
        var text = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var begun = TimeProvider.System.GetUtcNow();
        string? error = null;
        var hop = "";
        try
        {
            var answer = await call(text);
            error = answer == $"Echo: {text}" ? null : $"wrong answer: {answer}";
            await Task.Delay(Pause, TimeProvider.System, stopping.Token);
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            // The load outlives every failure: failures are what it counts.
            error = e.ToString();
            hop = FailedHop.Of(e);
        }

        if (error is null || !Standstill.HasTouched(begun))
        {
            outcomes.Enqueue(new CallOutcome(text, begun, TimeProvider.System.GetUtcNow(), error, hop));
        }

        if (error is not null)
        {
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None); // a part that is gone fails at once
        }
    }

    private void Remember(McpCaller? caller)
    {
        foreach (var serial in caller?.Serials ?? [])
        {
            serials.TryAdd(serial, 0);
        }
    }
}
