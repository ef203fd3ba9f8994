namespace Culvert.Tunnel.Protocol.Options;

/// <summary>The side of the outer connection that this process is. Only the edge opens streams (W9).</summary>
public enum MuxRole
{
    /// <summary>Accepts the outer connection and opens one stream per client connection.</summary>
    Edge,

    /// <summary>Dialled the outer connection and serves the streams that the edge opens.</summary>
    Agent,
}
