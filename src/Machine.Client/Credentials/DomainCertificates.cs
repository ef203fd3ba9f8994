using System.Collections.Concurrent;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;

namespace Culvert.Machine.Client.Credentials;

/// <summary>Server certificates for other providers' domains: one loop for each, like the agent's own.</summary>
/// <param name="supervise">Runs a loop until cancelled, and restarts it after any exception.</param>
internal sealed class DomainCertificates(
    Func<string, KeyType, ServerCertificateLoop> create,
    Func<string, Func<CancellationToken, Task>, CancellationToken, Task> supervise,
    TimeProvider time
)
{
    private readonly ConcurrentDictionary<string, ServerCertificateLoop> loops = new(StringComparer.Ordinal);
    private readonly AsyncSignal signal = new(time);
    private volatile Request requested = new([], KeyType.EcdsaP256);

    public void Use(IReadOnlyCollection<string> domains, KeyType keyType)
    {
        requested = new Request(domains, keyType);
        signal.Set();
    }

    /// <summary>The loop of a domain; null before it started.</summary>
    public ServerCertificateLoop? Find(string domain) => loops.GetValueOrDefault(domain);

    public void Wake()
    {
        foreach (var loop in loops.Values)
        {
            loop.Wake();
        }
    }

    public void RetryNow()
    {
        foreach (var loop in loops.Values)
        {
            loop.RetryNow();
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var running = new Dictionary<string, (CancellationTokenSource Stop, Task Running)>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                var now = requested;
                foreach (var domain in running.Keys.Except(now.Domains, StringComparer.Ordinal).ToList())
                {
                    loops.TryRemove(domain, out _);
                    await EndAsync(running[domain]);
                    running.Remove(domain);
                }

                foreach (var domain in now.Domains)
                {
                    if (loops.TryGetValue(domain, out var known))
                    {
                        known.Use(now.KeyType);
                        continue;
                    }

                    var loop = loops[domain] = create(domain, now.KeyType);
                    var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    running[domain] = (stop, supervise($"certificate of {domain}", StartAsync, stop.Token));

                    async Task StartAsync(CancellationToken ct)
                    {
                        await loop.RestoreAsync(ct);
                        await loop.RunAsync(ct);
                    }
                }

                await signal.WaitAsync(TimeSpan.MaxValue, cancellationToken);
            }
        }
        finally
        {
            loops.Clear();
            foreach (var one in running.Values)
            {
                await EndAsync(one);
            }
        }
    }

    private static async Task EndAsync((CancellationTokenSource Stop, Task Running) one)
    {
        await one.Stop.CancelAsync();
        await one.Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        one.Stop.Dispose();
    }

    private sealed record Request(IReadOnlyCollection<string> Domains, KeyType KeyType);
}
