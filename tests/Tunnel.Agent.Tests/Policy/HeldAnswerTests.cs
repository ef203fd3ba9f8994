using System.Buffers;
using Culvert.Tunnel.Agent.Policy;
using Shouldly;

namespace Culvert.Tunnel.Agent.Tests.Policy;

public sealed class HeldAnswerTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(300, 4096)]
    [InlineData(5000, 1)]
    [InlineData(70_000, 4096)]
    public void Write_InParts_HoldsAllInOrder(int part, int room)
    {
        var held = new HeldAnswer();
        var expected = new byte[20 * part];
        new Random(part).NextBytes(expected);
        for (var at = 0; at < expected.Length; )
        {
            var memory = held.GetMemory(room);
            memory.Length.ShouldBeGreaterThanOrEqualTo(room);
            var length = Math.Min(Math.Min(part, memory.Length), expected.Length - at);
            expected.AsSpan(at, length).CopyTo(memory.Span);
            held.Advance(length);
            at += length;
        }

        held.WrittenMemory.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Skip_ForgetsTheBeginning_AndKeepsTheRest()
    {
        var held = new HeldAnswer();
        held.Write("data: one\n\ndata: tw"u8);

        held.Skip("data: one\n\n".Length);
        held.Write("o\n\n"u8);

        held.WrittenMemory.ToArray().ShouldBe("data: two\n\n"u8.ToArray());
    }

    [Fact]
    public void Return_EmptiesIt_AndItCanBeUsedAgain()
    {
        var held = new HeldAnswer();
        held.Write("one"u8);

        held.Return();
        held.Return();

        held.WrittenCount.ShouldBe(0);
        held.WrittenMemory.IsEmpty.ShouldBeTrue();
        held.Write("two"u8);
        held.WrittenMemory.ToArray().ShouldBe("two"u8.ToArray());
    }

    [Fact]
    public void Advance_BeyondTheMemoryThatWasGiven_IsRefused()
    {
        var held = new HeldAnswer();
        var given = held.GetMemory(10).Length;

        Should.Throw<ArgumentOutOfRangeException>(() => held.Advance(given + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => held.Advance(-1));
        held.WrittenCount.ShouldBe(0);
    }
}
