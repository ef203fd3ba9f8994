namespace Culvert.Tunnel.Edge.Routing;

/// <summary>How fresh the feed is (S10).</summary>
internal enum FeedAge
{
    /// <summary>The service was heard within the last minute.</summary>
    Fresh,

    /// <summary>The service has been silent: agents are taken for as long as their certificates last.</summary>
    OfflineGrace,

    /// <summary>Silent for longer than the grace: no new agents.</summary>
    Stale,
}
