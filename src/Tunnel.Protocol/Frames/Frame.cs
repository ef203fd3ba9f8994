namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>A frame whose type, length and stream number have been checked. The payload is in the read buffer.</summary>
internal readonly ref struct Frame(FrameType type, uint stream, ReadOnlySpan<byte> payload)
{
    public FrameType Type { get; } = type;

    public uint Stream { get; } = stream;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>An extension that this version does not know and must skip.</summary>
    public bool IsIgnorable => ((byte)Type & FrameReader.IgnorableBit) != 0;
}
