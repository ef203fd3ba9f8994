namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The holder of a replay key in memory: a decision in progress, then the durable first use, or no holder if the decision
/// was not written (the key stays used, S12).
/// </summary>
internal sealed class ReplayClaim
{
    private Task? inFlight;
    private ReplayUse? use;

    public ReplayClaim(Task inFlight) => this.inFlight = inFlight;

    public ReplayClaim(ReplayUse use) => this.use = use;

    /// <summary>
    /// The durable first use; null if there is none. Waits for a decision in progress: no caller may rely on it before it is
    /// durable.
    /// </summary>
    public async ValueTask<ReplayUse?> UseAsync()
    {
        if (Volatile.Read(ref inFlight) is { } running)
        {
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return use;
    }

    public void Settle(ReplayUse? settled)
    {
        use = settled;
        Volatile.Write(ref inFlight, null);
    }
}
