using System.Net;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Stdio;

public sealed class SessionHistoryTests
{
    private static readonly ClientKey Owner = new("", "alice", IPAddress.None);
    private readonly BodyBudget budget = new(1000);

    [Fact]
    public void Add_MoreThanFits_DropsTheOldest()
    {
        using var history = new SessionHistory(100, budget, Owner);

        for (var i = 0; i < 11; i++)
        {
            history.Add(history.Listening, Message(10));
        }

        history
            .After(history.Listening, 0)
            .Select(e => e.Id)
            .ShouldBe([.. Enumerable.Range(2, 10).Select(i => $"0-{i}")]);
        budget.UsedBytes.ShouldBe(100);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void Add_LastMessageDoesNotFit_TheStreamIsGone(int bytes, bool isKept)
    {
        using var history = new SessionHistory(100, budget, Owner);
        var stream = history.Begin(Call(), null);

        var id = history.Add(stream, Message(bytes, isLast: true));

        (history.Find(id, out _) is not null).ShouldBe(isKept);
    }

    [Fact]
    public void Add_RouteHasNoRoom_KeepsNothingAndSaysTheId()
    {
        using var history = new SessionHistory(100, new BodyBudget(5), Owner);

        history.Add(history.Listening, Message(10)).ShouldBe("0-1");

        history.After(history.Listening, 0).ShouldBeEmpty();
    }

    [Fact]
    public void End_NothingKept_ForgetsTheStream()
    {
        using var history = new SessionHistory(100, budget, Owner);
        var stream = history.Begin(Call(), null);
        history.Find("1-0", out _).ShouldBe(stream);

        history.End(stream);

        history.Find("1-0", out _).ShouldBeNull();
    }

    [Fact]
    public void Dispose_GivesBackWhatItHeld()
    {
        var history = new SessionHistory(100, budget, Owner);
        history.Add(history.Listening, Message(10));

        history.Dispose();

        budget.UsedBytes.ShouldBe(0);
    }

    private static QueuedMessage Message(int bytes, bool isLast = false) => new(new byte[bytes], isLast);

    private static RpcCall Call() => new(1, default, default, "tools/call", true, new MessageQueue(100));
}
