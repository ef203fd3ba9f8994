namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>What is known of an edge now; names that monitoring may rely on.</summary>
internal static class EdgePresence
{
    /// <summary>It was heard of: what it reported holds.</summary>
    public const string Live = "live";

    /// <summary>It stopped, or its connection broke.</summary>
    public const string Gone = "gone";

    /// <summary>Three polls long nothing was heard of it, or nothing yet since the service started: never counted as good.</summary>
    public const string Unknown = "unknown";
}
