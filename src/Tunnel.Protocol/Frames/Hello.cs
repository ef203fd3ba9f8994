namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>What each side says first (W6, W7).</summary>
public sealed record Hello
{
    /// <summary>Protocol version; must be the one that ALPN selected.</summary>
    public required ushort Version { get; init; }

    /// <summary>Bit set of optional abilities; none is defined in version 1, unknown bits are ignored.</summary>
    public uint Capabilities { get; init; }

    /// <summary>Credit that every new stream starts with, in bytes.</summary>
    public required uint InitialStreamWindow { get; init; }

    /// <summary>Streams that the sender takes at once.</summary>
    public required uint MaxStreams { get; init; }

    /// <summary>Instance id of an agent, edge id of an edge. At most 128 bytes.</summary>
    public required string InstanceId { get; init; }
}
