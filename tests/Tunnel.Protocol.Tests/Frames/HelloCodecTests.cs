using Culvert.PropertyTesting;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Protocol.Tests.Frames;

public sealed class HelloCodecTests
{
    private const string Golden =
        "0001 0002 0001  0002 0004 00000000  0003 0004 00100000  0004 0004 00000400  0005 0003 616731";

    private static readonly Hello Known = new()
    {
        Version = 1,
        InitialStreamWindow = 1024 * 1024,
        MaxStreams = 1024,
        InstanceId = "ag1",
    };

    [Fact]
    public void Write_KnownHello_GivesTheGoldenBytes()
    {
        var bytes = new byte[HelloCodec.GetSize(Known)];
        HelloCodec.Write(bytes, Known);
        bytes.ShouldBe(Bytes.Hex(Golden));
    }

    [Fact]
    public void Read_GoldenBytes_GivesTheKnownHello() => HelloCodec.Read(Bytes.Hex(Golden)).ShouldBe(Known);

    [Fact]
    public void Read_UnknownFieldWithHighBit_IsIgnored() =>
        HelloCodec.Read([.. Bytes.HelloPayload(), .. Bytes.Field(0x8001, 1, 2, 3)]).InstanceId.ShouldBe("peer");

    [Theory]
    [InlineData("0006 0001 00")] // unknown, high bit clear
    [InlineData("0001 0002 0001")] // duplicate
    [InlineData("8001 0001 00 8001 0001 00")] // duplicate of an ignorable one
    [InlineData("8001 0002 00")] // overrun by one byte
    [InlineData("8001 00")] // cut header
    public void Read_BrokenExtraField_IsProtocolError(string extra) =>
        Refused([.. Bytes.HelloPayload(), .. Bytes.Hex(extra)]).ShouldBe(ConnectionErrorCode.Protocol);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Read_MissingField_IsProtocolError(int missing)
    {
        byte[] all =
        [
            .. missing == 1 ? [] : Bytes.Field(1, Bytes.U16(1)),
            .. missing == 3 ? [] : Bytes.Field(3, Bytes.U32(65536)),
            .. missing == 4 ? [] : Bytes.Field(4, Bytes.U32(10)),
            .. missing == 5 ? [] : Bytes.Field(5, (byte)'a'),
        ];
        Refused(all).ShouldBe(ConnectionErrorCode.Protocol);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Read_VersionOtherThanAlpns_IsProtocolError(int version) => // W6
        Refused(Bytes.HelloPayload(version: version)).ShouldBe(ConnectionErrorCode.Protocol);

    [Theory]
    [InlineData(16 * 1024 * 1024, true)]
    [InlineData((16 * 1024 * 1024) + 1, false)]
    public void Read_InitialWindow_IsAtMost16MiB(long window, bool allowed) => // W2
        Refused(Bytes.HelloPayload(window: window)).ShouldBe(allowed ? null : ConnectionErrorCode.FlowControl);

    [Theory]
    [InlineData(16_384, true)]
    [InlineData(16_385, false)]
    public void Read_MaxStreams_IsAtMost16384(long maxStreams, bool allowed) => // W1
        Refused(Bytes.HelloPayload(maxStreams: maxStreams)).ShouldBe(allowed ? null : ConnectionErrorCode.Protocol);

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("new\nline")]
    [InlineData("ümlaut")]
    public void Read_InstanceIdNotVisibleAscii_IsProtocolError(string id) =>
        Refused(Bytes.HelloPayload(id: id)).ShouldBe(ConnectionErrorCode.Protocol);

    [Fact]
    public void Read_MoreThan64Fields_IsProtocolError()
    {
        byte[] payload = [.. Enumerable.Range(0, 65).SelectMany(i => Bytes.Field(0x8000 + i))];
        Refused(payload).ShouldBe(ConnectionErrorCode.Protocol);
    }

    [Fact]
    public void Read_AnyBytes_GivesAHelloOrATypedError() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<byte[]>(),
                bytes =>
                {
                    Refused(bytes ?? []);
                    Refused([.. Bytes.HelloPayload(), .. bytes ?? []]);
                }
            )
            .CheckSeeded();

    private static ConnectionErrorCode? Refused(byte[] payload)
    {
        try
        {
            HelloCodec.Read(payload);
            return null;
        }
        catch (MuxConnectionException e)
        {
            return e.Code;
        }
    }
}
