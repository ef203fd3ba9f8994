using Culvert.Testing;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>Two agents of one tunnel: each command is served by one of them, whichever stops first.</summary>
public sealed class LongPollHandoverTests
{
    private const int Calls = 20;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task TwoAgents_OneStops_EachCommandIsAnsweredExactlyOnce(int stopped)
    {
        await using var scene = await LongPollScene.StartAsync(change: s => s with { MaxCommands = 2 });
        var second = scene.StartAgent(s => s with { MaxCommands = 2 });
        var sent = new List<string>();
        for (var i = 0; i < Calls; i++)
        {
            sent.Add(scene.Plane.Enqueue(LongPollScene.Call));
        }

        var answered = new List<string>();
        for (var i = 0; i < Calls / 4; i++)
        {
            answered.Add((await scene.Plane.NextAnswerAsync()).RequestId);
        }

        // What is delivered at the very moment of the stop is lost: the protocol delivers no command twice.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Plane.Gate = gate.Task;
        await Eventually.UntilAsync(() => !scene.Plane.IsDelivering, TestContext.Current.CancellationToken);
        while (answered.Count < scene.Plane.Delivered)
        {
            answered.Add((await scene.Plane.NextAnswerAsync()).RequestId);
        }

        for (var i = 0; i < Calls; i++)
        {
            sent.Add(scene.Plane.Enqueue(LongPollScene.Call));
        }

        await (stopped == 0 ? scene.Agent : second).StopAsync();
        gate.SetResult();
        while (answered.Count < sent.Count)
        {
            answered.Add((await scene.Plane.NextAnswerAsync()).RequestId);
        }

        answered.Order(StringComparer.Ordinal).ShouldBe(sent.Order(StringComparer.Ordinal));
        scene.Plane.HasAnswer.ShouldBeFalse();
    }

    [Fact]
    public async Task Stop_PollUnderWay_ServesWhatItStillDelivers()
    {
        await using var scene = await LongPollScene.StartAsync(change: s =>
            s with
            {
                LastDelivery = TimeSpan.FromMinutes(1),
            }
        );
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scene.Plane.Gate = gate.Task;
        await Eventually.UntilAsync(() => scene.Plane.IsPolled, TestContext.Current.CancellationToken);
        var sent = scene.Plane.Enqueue(LongPollScene.Call);

        var stopping = scene.Agent.StopAsync();
        gate.SetResult();

        (await scene.Plane.NextAnswerAsync()).RequestId.ShouldBe(sent);
        await stopping;
        scene.Agent.Status.Single().UnderWay.ShouldBe(0);
    }
}
