using Culvert.Testing;
using Culvert.Tunnel.Agent.Hosting;
using Shouldly;

namespace Culvert.Tunnel.Agent.Tests.Hosting;

public sealed class IdleCollectionTests
{
    private readonly FakeTimeProvider time = new();
    private long allocated;
    private int collections;

    [Fact]
    public void Check_CallsGoOn_CollectsNothing()
    {
        using var idle = Start();
        for (var i = 0; i < 10; i++)
        {
            Pass(IdleCollection.WorthBytes);
        }

        collections.ShouldBe(0);
    }

    [Fact]
    public void Check_CallsHaveStopped_CollectsOnce()
    {
        using var idle = Start();
        Pass(IdleCollection.WorthBytes);
        Pass(IdleCollection.IdleBytes - 1);
        collections.ShouldBe(1);

        for (var i = 0; i < 10; i++)
        {
            Pass(1000);
        }

        collections.ShouldBe(1);
    }

    [Fact]
    public void Check_ManyRareCalls_CollectsWhenItIsWorthIt()
    {
        using var idle = Start();
        for (var bytes = 0L; bytes < 3 * IdleCollection.WorthBytes; bytes += IdleCollection.IdleBytes / 2)
        {
            Pass(IdleCollection.IdleBytes / 2);
        }

        collections.ShouldBe(3);
    }

    [Fact]
    public void Dispose_LaterChecks_DoNotHappen()
    {
        using (Start())
        {
            Pass(IdleCollection.WorthBytes);
        }

        Pass(0);
        collections.ShouldBe(0);
    }

    private IdleCollection Start() => new(time, () => allocated, () => collections++);

    private void Pass(long bytes)
    {
        allocated += bytes;
        time.Advance(IdleCollection.Interval);
    }
}
