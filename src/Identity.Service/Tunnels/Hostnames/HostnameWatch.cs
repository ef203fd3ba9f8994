using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>Checks every proven name once a day, and at claims that wait for their proof (S26).</summary>
internal sealed class HostnameWatch(
    HostnameStore hostnames,
    TunnelStore tunnels,
    HostnameRegistry registry,
    TimeProvider time,
    ILogger<HostnameWatch> logger
) : RecurringJob("hostnames", "Checks whether hostnames are still proven.", TimeSpan.FromMinutes(1), time)
{
    // In one round; what is left is due in the next.
    private const int InOneRound = 64;

    // One name's servers may take as long as they are let; the others' proofs do not wait for them.
    private const int AtOnce = 16;

    /// <summary>Checks what is due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var due = await hostnames.ListDueAsync(
            Time.GetUtcNow() - HostnamePlan.CheckEvery,
            InOneRound,
            cancellationToken
        );
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, options, CheckAsync);
    }

    private async ValueTask CheckAsync(Hostname hostname, CancellationToken cancellationToken)
    {
        if (await tunnels.FindAsync(hostname.TunnelId.Value, cancellationToken) is { IsArchived: false } tunnel)
        {
            // A refusal (no list, another tunnel's name) leaves it due: it costs a name lookup a minute at most.
            await registry.CheckAsync(null, tunnel, hostname, cancellationToken);
        }
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    protected override void Tell(Exception fault) => Log.HostnameWatchFailed(logger, fault);
}
