namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>The first frame of each side (W6, W7).</summary>
public sealed record Hello
{
    /// <summary>Protocol version; must be the one that ALPN selected.</summary>
    public required ushort Version { get; init; }

    /// <summary>Bit set of optional features; version 1 defines none, and unknown bits are ignored.</summary>
    public uint Capabilities { get; init; }

    /// <summary>Initial credit of every stream, in bytes.</summary>
    public required uint InitialStreamWindow { get; init; }

    /// <summary>Concurrent streams that the sender accepts.</summary>
    public required uint MaxStreams { get; init; }

    /// <summary>The agent's instance id, or the edge's id. At most 128 bytes.</summary>
    public required string InstanceId { get; init; }
}
