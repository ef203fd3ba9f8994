namespace Culvert.Platform.Wire;

/// <summary>How an edge selects an agent of a tunnel (S29).</summary>
public static class TunnelAffinity
{
    /// <summary>All connections of a hostname go to one agent.</summary>
    public const string Hostname = "hostname";

    /// <summary>All connections of a client (its certificate's identity, else its address) go to one agent.</summary>
    public const string Client = "client";
}
