using System.Globalization;
using Culvert.Testing;
using Culvert.Tunnel.Agent.LongPoll;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

public sealed class EndedCommandsTests
{
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Contains_EndedCommand_UntilItsAnswerMayTakeNoLonger()
    {
        var ended = new EndedCommands(time);
        ended.Add("long", TimeSpan.FromMinutes(2));
        ended.Add("short", TimeSpan.FromMinutes(1));
        ended.Add("endless", TimeSpan.MaxValue);

        time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        ended.Contains("short").ShouldBeTrue();
        time.Advance(TimeSpan.FromTicks(1));
        ended.Contains("short").ShouldBeFalse();
        ended.Contains("long").ShouldBeTrue();
        ended.Contains("endless").ShouldBeTrue();
        ended.Contains("unknown").ShouldBeFalse();
    }

    [Fact]
    public void Add_MoreThanTheLimit_ForgetsTheOldest()
    {
        var ended = new EndedCommands(time);
        for (var i = 0; i <= EndedCommands.Most; i++)
        {
            ended.Add(i.ToString(CultureInfo.InvariantCulture), TimeSpan.FromMinutes(1));
        }

        ended.Contains("0").ShouldBeFalse();
        ended.Contains("1").ShouldBeTrue();
    }

    [Fact]
    public void Add_CommandThatEndsAgain_KeepsIt()
    {
        var ended = new EndedCommands(time);
        ended.Add("again", TimeSpan.FromMinutes(1));
        time.Advance(TimeSpan.FromMinutes(1));

        ended.Add("again", TimeSpan.FromMinutes(1));

        ended.Contains("again").ShouldBeTrue();
    }
}
