namespace Culvert.Tunnel.Edge.Routing;

internal enum FeedAge
{
    /// <summary>The service answered within the last minute.</summary>
    Fresh,

    /// <summary>The service does not answer: agents are accepted while their certificates are valid.</summary>
    OfflineGrace,

    /// <summary>The service has not answered for longer than the grace: no new agents.</summary>
    Stale,
}
