namespace Culvert.Identity.Service.Storage;

/// <summary>
/// Who has a replay key in memory: a decision on its way, then the durable first use, or no holder when the decision
/// was not written (its key stays burnt, S12).
/// </summary>
internal sealed class ReplayClaim
{
    private Task? inFlight;
    private ReplayUse? use;

    public ReplayClaim(Task inFlight) => this.inFlight = inFlight;

    public ReplayClaim(ReplayUse use) => this.use = use;

    /// <summary>
    /// The durable first use; null when there is none. Waits for a decision on its way: until it is durable, no caller
    /// may rely on it.
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
