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
        ended.Add("command-long-lived", TimeSpan.FromMinutes(2));
        ended.Add("command-short", TimeSpan.FromMinutes(1));
        ended.Add("command-endless", TimeSpan.MaxValue);

        time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        ended.Contains("command-short").ShouldBeTrue();
        time.Advance(TimeSpan.FromTicks(1));
        ended.Contains("command-short").ShouldBeFalse();
        ended.Contains("command-long-lived").ShouldBeTrue();
        ended.Contains("command-endless").ShouldBeTrue();
        ended.Contains("command-unknown").ShouldBeFalse();
    }

    [Fact]
    public void Add_MoreThanTheLimit_ForgetsTheOldest()
    {
        var ended = new EndedCommands(time);
        for (var i = 0; i <= EndedCommands.Most; i++)
        {
            ended.Add($"command number {i}", TimeSpan.FromMinutes(1));
        }

        ended.Contains("command number 0").ShouldBeFalse();
        ended.Contains("command number 1").ShouldBeTrue();
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
