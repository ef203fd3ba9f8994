using Culvert.Identity.Service.Ids;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Ids;

public sealed class RentedBytesTests
{
    [Fact]
    public void Return_LeavesNothingBehind()
    {
        var rented = RentedBytes.CopyOf("a credential"u8);
        var memory = rented.Memory;
        memory.Span.SequenceEqual("a credential"u8).ShouldBeTrue();

        rented.Return();

        memory.Span.ContainsAnyExcept((byte)0).ShouldBeFalse();
    }
}
