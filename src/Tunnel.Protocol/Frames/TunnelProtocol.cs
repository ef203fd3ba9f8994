namespace Culvert.Tunnel.Protocol.Frames;

/// <summary>Constants of protocol version 1.</summary>
public static class TunnelProtocol
{
    /// <summary>ALPN identifier on the outer TLS 1.3 connection. It alone selects the version (W6).</summary>
    public const string Alpn = "culvert/1";

    /// <summary>The version that HELLO repeats.</summary>
    public const ushort Version = 1;

    /// <summary>Largest payload of a DATA frame, in bytes.</summary>
    public const int MaxDataBytes = 16_384;

    /// <summary>Upper bound of the streams that a HELLO may announce (W3).</summary>
    public const int MaxStreamsCeiling = 16_384;

    /// <summary>Most outstanding credit of a stream, in bytes (W2).</summary>
    public const int MaxWindowBytes = 16 * 1024 * 1024;
}
