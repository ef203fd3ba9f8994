using Culvert.Identity.Service.Jobs;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>Checks every proven name once a day, and claims that wait for their proof (S26).</summary>
internal sealed class HostnameWatch(
    HostnameStore hostnames,
    TunnelStore tunnels,
    HostnameRegistry registry,
    TimeProvider time
) : RecurringJob("hostnames", "Checks whether hostnames are still proven.", TimeSpan.FromMinutes(1), time)
{
    // The rest is due in the next round.
    private const int InOneRound = 64;

    // Slow servers of one name must not delay the checks of others.
    private const int AtOnce = 16;

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
            // After a refusal (no list, another tunnel's name) it stays due, at the cost of one lookup a minute.
            await registry.CheckAsync(null, tunnel, hostname, cancellationToken);
        }
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);
}
