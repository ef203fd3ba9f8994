using Culvert.Tunnel.Protocol.Errors;
using Culvert.Tunnel.Protocol.Frames;
using Culvert.Tunnel.Protocol.Tests.Support;

namespace Culvert.Tunnel.Protocol.Tests.Frames;

public sealed class GoAwayCodecTests
{
    [Fact]
    public void Frame_KnownValues_GivesTheGoldenBytes() =>
        GoAwayCodec
            .Frame(ConnectionErrorCode.Shutdown, 7, TimeSpan.FromSeconds(30), "bye")
            .ShouldBe(Bytes.Hex("09 00000007 00000009 0105 00007530 627965"));

    [Fact]
    public void Read_KnownPayload_GivesItsValues() =>
        GoAwayCodec
            .Read(7, Bytes.Hex("0105 00007530 627965"))
            .ShouldBe(new PeerGoAway(ConnectionErrorCode.Shutdown, 7, TimeSpan.FromSeconds(30), "bye"));

    [Theory]
    [InlineData(256, 256)]
    [InlineData(257, 0)]
    public void Frame_LongText_IsLeftOut(int length, int written) =>
        GoAwayCodec
            .Frame(ConnectionErrorCode.Shutdown, 0, TimeSpan.Zero, new string('x', length))
            .Length.ShouldBe(9 + 6 + written);
}
