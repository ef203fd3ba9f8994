using System.Buffers;
using Culvert.Identity.Service.Ids;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Ids;

public sealed class RentedBytesTests
{
    [Fact]
    public void Return_LeavesNothingBehind()
    {
        var rented = RentedBytes.Copy("a credential"u8);
        var memory = rented.Memory;
        memory.Span.SequenceEqual("a credential"u8).ShouldBeTrue();

        rented.Return();

        memory.Span.ContainsAnyExcept((byte)0).ShouldBeFalse();
    }

    [Fact]
    public void Room_IsBehindTheBytes_AndLeavesNothingBehind()
    {
        var rented = RentedBytes.Copy(new ReadOnlySequence<byte>([1, 2, 3]), room: 100);
        var room = rented.Room;
        room.Length.ShouldBeGreaterThanOrEqualTo(100);
        room.Span.Fill(7);
        rented.Memory.ToArray().ShouldBe([1, 2, 3]);

        rented.Return();

        room.Span.ContainsAnyExcept((byte)0).ShouldBeFalse();
    }
}
