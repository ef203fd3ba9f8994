namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>One frame whose type, length and use of stream 0 have been checked. The payload lives in the read buffer.</summary>
internal readonly ref struct Frame(FrameType type, uint stream, ReadOnlySpan<byte> payload)
{
    public FrameType Type { get; } = type;

    public uint Stream { get; } = stream;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>An extension that this version does not know and must skip.</summary>
    public bool IsIgnorable => ((byte)Type & FrameReader.IgnorableBit) != 0;
}
