using System.Text;
using Culvert.Tunnel.Protocol.Errors;

namespace Culvert.Tunnel.Protocol.Frames;

internal static class HelloCodec
{
    public const int MaxInstanceIdBytes = 128;

    private const ushort VersionField = 0x0001;
    private const ushort CapabilitiesField = 0x0002;
    private const ushort InitialWindowField = 0x0003;
    private const ushort MaxStreamsField = 0x0004;
    private const ushort InstanceIdField = 0x0005;

    /// <exception cref="MuxConnectionException">A field is missing, unknown, malformed or out of range.</exception>
    public static Hello Read(ReadOnlySpan<byte> payload)
    {
        ushort? version = null;
        uint capabilities = 0;
        uint? window = null;
        uint? maxStreams = null;
        string? instanceId = null;

        var fields = new TlvReader(payload, stackalloc ushort[TlvReader.MaxFields]);
        while (fields.TryRead(out var type, out var value))
        {
            switch (type)
            {
                case VersionField:
                    version = TlvReader.UInt16(value);
                    break;
                case CapabilitiesField:
                    capabilities = TlvReader.UInt32(value);
                    break;
                case InitialWindowField:
                    window = TlvReader.UInt32(value);
                    break;
                case MaxStreamsField:
                    maxStreams = TlvReader.UInt32(value);
                    break;
                case InstanceIdField:
                    instanceId = TlvReader.Token(value, MaxInstanceIdBytes);
                    break;
                default:
                    TlvReader.Unknown(type);
                    break;
            }
        }

        if (version is null || window is null || maxStreams is null || instanceId is null)
        {
            throw TlvReader.Malformed("HELLO lacks a field.");
        }

        if (version != TunnelProtocol.Version)
        {
            throw TlvReader.Malformed($"HELLO has version {version}, ALPN selected {TunnelProtocol.Version}.");
        }

        if (window > TunnelProtocol.MaxWindowBytes)
        {
            throw new MuxConnectionException(ConnectionErrorCode.FlowControl, "HELLO's initial window is too large.");
        }

        if (maxStreams > TunnelProtocol.MaxStreamsCeiling)
        {
            throw TlvReader.Malformed("HELLO's stream limit is too large.");
        }

        return new Hello
        {
            Version = version.Value,
            Capabilities = capabilities,
            InitialStreamWindow = window.Value,
            MaxStreams = maxStreams.Value,
            InstanceId = instanceId,
        };
    }

    public static int GetSize(Hello hello) =>
        TlvWriter.GetSize(2) // version
        + TlvWriter.GetSize(4) // capabilities
        + TlvWriter.GetSize(4) // initial window
        + TlvWriter.GetSize(4) // max streams
        + TlvWriter.GetSize(Encoding.UTF8.GetByteCount(hello.InstanceId));

    public static void Write(Span<byte> target, Hello hello)
    {
        var fields = new TlvWriter(target);
        fields.UInt16(VersionField, hello.Version);
        fields.UInt32(CapabilitiesField, hello.Capabilities);
        fields.UInt32(InitialWindowField, hello.InitialStreamWindow);
        fields.UInt32(MaxStreamsField, hello.MaxStreams);
        fields.Text(InstanceIdField, hello.InstanceId);
    }
}
