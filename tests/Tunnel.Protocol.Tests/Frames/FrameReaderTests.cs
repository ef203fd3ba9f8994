using Culvert.PropertyTesting;
using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Culvert.Tunnel.Protocol.Tests.Frames;

public sealed class FrameReaderTests
{
    [Fact]
    public void TryRead_EveryPrefixOfAFrame_IsIncomplete()
    {
        var frame = Bytes.Frame(Bytes.Data, 7, 1, 2, 3);
        for (var length = 0; length < frame.Length; length++)
        {
            ReadOnlySpan<byte> input = frame.AsSpan(0, length);
            FrameReader.TryRead(ref input, out _).ShouldBeFalse();
            input.Length.ShouldBe(length);
        }
    }

    [Fact]
    public void TryRead_WholeFrame_TakesItOffTheFront()
    {
        ReadOnlySpan<byte> input = [.. Bytes.Hex("03 00000102 00000002 AABB"), 5];
        FrameReader.TryRead(ref input, out var frame).ShouldBeTrue();
        frame.Type.ShouldBe(FrameType.Data);
        frame.Stream.ShouldBe(0x102u);
        frame.Payload.ToArray().ShouldBe([0xaa, 0xbb]);
        input.ToArray().ShouldBe([5]);
    }

    [Theory] // limit and limit + 1 of every type (W10); only the header has arrived
    [InlineData(Bytes.Hello, 0, 1024, true)]
    [InlineData(Bytes.Hello, 0, 1025, false)]
    [InlineData(Bytes.Open, 1, 4096, true)]
    [InlineData(Bytes.Open, 1, 4097, false)]
    [InlineData(Bytes.Data, 1, 0, false)]
    [InlineData(Bytes.Data, 1, 1, true)]
    [InlineData(Bytes.Data, 1, 16_384, true)]
    [InlineData(Bytes.Data, 1, 16_385, false)]
    [InlineData(Bytes.Data, 1, uint.MaxValue, false)]
    [InlineData(Bytes.Window, 1, 3, false)]
    [InlineData(Bytes.Window, 1, 4, true)]
    [InlineData(Bytes.Window, 1, 5, false)]
    [InlineData(Bytes.Fin, 1, 1, false)]
    [InlineData(Bytes.Rst, 1, 1, false)]
    [InlineData(Bytes.Rst, 1, 2, true)]
    [InlineData(Bytes.Rst, 1, 3, false)]
    [InlineData(Bytes.Ping, 0, 7, false)]
    [InlineData(Bytes.Ping, 0, 8, true)]
    [InlineData(Bytes.Ping, 0, 9, false)]
    [InlineData(Bytes.Pong, 0, 7, false)]
    [InlineData(Bytes.Pong, 0, 8, true)]
    [InlineData(Bytes.GoAway, 0, 5, false)]
    [InlineData(Bytes.GoAway, 0, 6, true)]
    [InlineData(Bytes.GoAway, 0, 262, true)]
    [InlineData(Bytes.GoAway, 0, 263, false)]
    [InlineData(0x80, 0, 16_384, true)]
    [InlineData(0xff, 0, 16_385, false)]
    public void TryRead_LengthOfType_IsCheckedBeforeThePayload(int type, long stream, long length, bool allowed)
    {
        var header = Bytes.Header(type, stream, length);
        if (allowed)
        {
            Read(header).ShouldBeFalse();
        }
        else
        {
            Should.Throw<MuxConnectionException>(() => Read(header)).Code.ShouldBe(ConnectionErrorCode.FrameSize);
        }
    }

    [Theory]
    [InlineData(Bytes.Hello, 1, 4)]
    [InlineData(Bytes.Ping, 1, 8)]
    [InlineData(Bytes.Pong, 1, 8)]
    [InlineData(Bytes.Open, 0, 4)]
    [InlineData(Bytes.Data, 0, 4)]
    [InlineData(Bytes.Window, 0, 4)] // W1: there is no connection window
    [InlineData(Bytes.Fin, 0, 0)]
    [InlineData(Bytes.Rst, 0, 2)]
    [InlineData(0x00, 1, 1)] // types without the high bit are unknown
    [InlineData(0x0a, 1, 1)]
    [InlineData(0x7f, 1, 1)]
    public void TryRead_WrongStreamOrUnknownType_IsProtocolError(int type, long stream, int length) =>
        Should
            .Throw<MuxConnectionException>(() => Read(Bytes.Header(type, stream, length)))
            .Code.ShouldBe(ConnectionErrorCode.Protocol);

    [Fact]
    public void TryRead_UnknownTypeWithHighBit_IsMarkedIgnorable()
    {
        ReadOnlySpan<byte> input = Bytes.Frame(0x81, 3, 1, 2);
        FrameReader.TryRead(ref input, out var frame).ShouldBeTrue();
        frame.IsIgnorable.ShouldBeTrue();
        input.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void TryRead_AnyBytes_GivesFramesOrATypedError() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => ReadsCleanly(bytes ?? [])).CheckSeeded();

    [Fact]
    public void TryRead_AnyFrameShape_GivesFramesOrATypedError()
    {
        var shapes =
            from type in Gen.Choose(0, 12)
            from stream in Gen.Choose(0, 3)
            from payload in ArbMap.Default.GeneratorFor<byte[]>()
            from cut in Gen.Choose(0, 3)
            select (type, stream, payload ?? [], cut);
        Prop.ForAll(
                shapes.ListOf().ToArbitrary(),
                list =>
                    ReadsCleanly([
                        .. list.SelectMany(f => Bytes.Frame(f.type, f.stream, f.Item3)[..^Math.Min(f.cut, 9)]),
                    ])
            )
            .CheckSeeded();
    }

    private static bool Read(byte[] bytes)
    {
        ReadOnlySpan<byte> input = bytes;
        return FrameReader.TryRead(ref input, out _);
    }

    private static bool ReadsCleanly(byte[] bytes)
    {
        ReadOnlySpan<byte> input = bytes;
        try
        {
            while (FrameReader.TryRead(ref input, out var frame))
            {
                if (frame.Type == FrameType.Hello)
                {
                    HelloCodec.Read(frame.Payload);
                }
                else if (frame.Type == FrameType.Open)
                {
                    OpenCodec.Read(frame.Payload);
                }
                else if (frame.Type == FrameType.GoAway)
                {
                    GoAwayCodec.Read(frame.Stream, frame.Payload);
                }
            }

            return true;
        }
        catch (MuxConnectionException)
        {
            return true;
        }
    }
}
