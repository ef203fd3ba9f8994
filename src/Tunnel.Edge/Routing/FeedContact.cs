namespace Culvert.Tunnel.Edge.Routing;

/// <summary>Rates the time since the last contact to the service (S10). Pure.</summary>
internal static class FeedContact
{
    /// <summary>Two long polls of 30 s: one lost response is not an outage.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(60);

    public static FeedAge Age(DateTimeOffset? lastContact, DateTimeOffset now, TimeSpan offlineGrace)
    {
        if (lastContact is not { } contact)
        {
            return FeedAge.Stale;
        }

        var silence = now - contact;
        return silence <= FreshFor ? FeedAge.Fresh
            : silence <= offlineGrace ? FeedAge.OfflineGrace
            : FeedAge.Stale;
    }
}
