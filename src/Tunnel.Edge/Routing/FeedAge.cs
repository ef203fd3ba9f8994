namespace Culvert.Tunnel.Edge.Routing;

/// <summary>How fresh the feed is (S10).</summary>
internal enum FeedAge
{
    /// <summary>The service was heard within the last minute.</summary>
    Fresh,

    /// <summary>The service has been silent: certificates that expired after its last word still count.</summary>
    OfflineGrace,

    /// <summary>Silent for longer than the grace: no new agents.</summary>
    Stale,
}
