namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The presence of an edge; the names are stable for monitoring.</summary>
internal static class EdgePresence
{
    /// <summary>It called recently: its last report holds.</summary>
    public const string Live = "live";

    /// <summary>It reported that it is leaving, or has never called.</summary>
    public const string Gone = "gone";

    /// <summary>It has not called for three polls, or not since the service started: never counted as healthy.</summary>
    public const string Unknown = "unknown";
}
