using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Culvert.Testing;
using Culvert.Testing.LongPoll;
using Culvert.Tunnel.Agent.LongPoll;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.LongPoll;

/// <summary>The time of a command runs from the receipt of its poll; nothing is answered after it.</summary>
public sealed class LongPollDeadlineTests
{
    [Theory]
    [InlineData("0s")]
    [InlineData("0ns")]
    public async Task Command_AlreadyExpired_IsNotServedAndNotAnswered(string timeout)
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.Enqueue(LongPollScene.Call, change: c => c["response_timeout"] = timeout);
        var next = scene.Plane.Enqueue(LongPollScene.Call);

        (await scene.Plane.NextAnswerAsync()).RequestId.ShouldBe(next);
        scene.Plane.HasAnswer.ShouldBeFalse();
        await ExpiryAsync(scene);
    }

    [Theory] // response timeout {omitted, null, malformed}: no deadline
    [InlineData("{}")]
    [InlineData("""{"response_timeout":null}""")]
    [InlineData("""{"response_timeout":"soon"}""")]
    [InlineData("""{"response_timeout":30}""")]
    [InlineData("""{"response_timeout":"99999999999999999999h"}""")]
    public async Task Command_WithoutReadableTimeout_IsServed(string members)
    {
        await using var scene = await LongPollScene.StartAsync();
        scene.Plane.Enqueue(
            LongPollScene.Call,
            change: c =>
            {
                foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
                {
                    c[name] = value?.DeepClone();
                }
            },
            isBroken: true
        );

        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
    }

    [Fact] // the deadline keeps serving: a late answer is discarded, the next call is fine
    public async Task Command_PastItsDeadline_FreesTheServerAndIsNeverAnswered()
    {
        var time = new FakeTimeProvider();
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var plane = new ControlPlaneDouble();
        plane.Enqueue(
            """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"slow"}}""",
            change: c => c["response_timeout"] = "300s"
        );
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Scripted(
                async (request, stream, token) =>
                {
                    if (request.BodyText.Contains("slow", StringComparison.Ordinal))
                    {
                        await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token); // 0 when the agent leaves
                        left.SetResult();
                        return false;
                    }

                    await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(LongPollScene.Result)), token);
                    return true;
                }
            ),
            s => s with { PollTimeout = TimeSpan.FromDays(1), MaxCallTime = TimeSpan.FromDays(1) },
            plane: plane,
            time: time
        );
        await scene.Server.NextAsync();
        left.Task.IsCompleted.ShouldBeFalse();

        time.Advance(TimeSpan.FromSeconds(301));
        await left.Task.WaitAsync(TestContext.Current.CancellationToken);
        var next = plane.Enqueue(LongPollScene.Call);

        (await LongPollScene.PassAsync(time, plane.NextAnswerAsync())).RequestId.ShouldBe(next);
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        plane.HasAnswer.ShouldBeFalse();
    }

    [Fact]
    public async Task Command_DeadlineDuringRetries_IsNotSentAgain()
    {
        var time = new FakeTimeProvider();
        await using var plane = new ControlPlaneDouble();
        plane.ForceAnswer(503, headers: "Retry-After: 30\r\n");
        plane.Enqueue(LongPollScene.Call, change: c => c["response_timeout"] = "20s");
        await using var scene = await LongPollScene.StartAsync(
            change: s => s with { PollTimeout = TimeSpan.FromDays(1) },
            plane: plane,
            time: time
        );

        await plane.NextAnswerAsync();
        time.Advance(TimeSpan.FromSeconds(21));

        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().UnderWay == 0,
            TestContext.Current.CancellationToken
        );
        plane.HasAnswer.ShouldBeFalse();
        await ExpiryAsync(scene);
    }

    [Fact] // reconnect after the connection's time: the outbound request is freed, and the product learns it
    public async Task Command_LongerThanACallMayTake_IsAnsweredByATimeout()
    {
        var time = new FakeTimeProvider();
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
                    return false;
                }
            ),
            s => s with { PollTimeout = TimeSpan.FromMinutes(9) },
            time: time
        );
        scene.Plane.Enqueue(LongPollScene.Call);
        await LongPollScene.PassAsync(time, scene.Server.NextAsync());
        time.Advance(scene.Settings.MaxCallTime);

        var answer = await scene.Plane.NextAnswerAsync();

        answer.Code.ShouldBe(504);
        answer.Failure.GetProperty("source").GetString().ShouldBe("timeout");
    }

    [Fact] // a call that waits for another one has a limit too
    public async Task Command_WaitsForARoomAsLongAsACallMayTake_IsAnswered()
    {
        var time = new FakeTimeProvider();
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Scripted(
                async (_, stream, token) =>
                {
                    await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
                    return false;
                }
            ),
            s => s with { MaxCommands = 1, PollTimeout = TimeSpan.FromMinutes(9) },
            time: time
        );
        var commands = TunnelCommands.Create("r1", LongPollScene.Call).ToJsonString();
        commands += "," + TunnelCommands.Create("r2", LongPollScene.Call).ToJsonString();
        scene.Plane.ForcePoll(200, $$"""{"commands":[{{commands}}]}""");
        scene.Plane.ForceAnswer(503); // the first answer is sent again later, so that its room is not free before
        await LongPollScene.PassAsync(time, scene.Server.NextAsync());
        time.Advance(scene.Settings.MaxCallTime);

        var codes = new Dictionary<string, int>();
        for (var i = 0; i < 3; i++)
        {
            var answer = await LongPollScene.PassAsync(time, scene.Plane.NextAnswerAsync());
            codes[answer.RequestId] = answer.Code;
            answer.Json!.Contains("agent.command_queue_timeout").ShouldBe(answer.Code == 503);
        }

        codes.Values.Order().ShouldBe([503, 504]); // either of them began first
    }

    [Fact] // reconnect after the connection's repeated time: each request is freed, and the next call works
    public async Task CallTime_PassesTwice_FreesEachRequestAndServesTheNextCall()
    {
        var time = new FakeTimeProvider();
        var arrived = Channel.CreateUnbounded<bool>();
        var left = Channel.CreateUnbounded<bool>();
        await using var scene = await LongPollScene.StartAsync(
            RawUpstream.Scripted(
                async (request, stream, token) =>
                {
                    if (request.BodyText.Contains("slow", StringComparison.Ordinal))
                    {
                        arrived.Writer.TryWrite(true);
                        await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, token);
                        left.Writer.TryWrite(true);
                        return false;
                    }

                    await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(LongPollScene.Result)), token);
                    return true;
                }
            ),
            // No poll may end by the time that passes here: a command delivered at that moment would be lost.
            s => s with { MaxCommands = 1, PollTimeout = TimeSpan.FromMinutes(9) },
            time: time
        );
        for (var i = 0; i < 2; i++)
        {
            scene.Plane.Enqueue("""{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"slow"}}""");
            await LongPollScene.PassAsync(time, arrived.Reader.ReadAsync(TestContext.Current.CancellationToken));
            time.Advance(scene.Settings.MaxCallTime);
            (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(504);
            await left.Reader.ReadAsync(TestContext.Current.CancellationToken);
        }

        scene.Plane.Enqueue(LongPollScene.Call);

        (await LongPollScene.PassAsync(time, scene.Plane.NextAnswerAsync())).Json.ShouldBe(LongPollScene.Result);
    }

    [Fact]
    public async Task Stop_CallsUnderWay_EndBeforeTheAgentDoes()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scene = await LongPollScene.StartAsync(Held(release.Task));
        scene.Plane.Enqueue(LongPollScene.Call);
        await scene.Server.NextAsync();

        var stopping = scene.Agent.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        release.SetResult();

        await stopping;
        (await scene.Plane.NextAnswerAsync()).Json.ShouldBe(LongPollScene.Result);
    }

    [Fact]
    public async Task Stop_CallsThatDoNotEnd_AreAnsweredByAFailure()
    {
        var time = new FakeTimeProvider();
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scene = await LongPollScene.StartAsync(
            Held(never.Task),
            s => s with { Drain = TimeSpan.FromSeconds(1) },
            time: time
        );
        scene.Plane.Enqueue(LongPollScene.Call);
        await LongPollScene.PassAsync(time, scene.Server.NextAsync());

        var stopping = scene.Agent.StopAsync();
        await Eventually.UntilAsync(
            () => scene.Plane.HasAnswer,
            TestContext.Current.CancellationToken,
            () => time.Advance(TimeSpan.FromMilliseconds(20))
        );

        await stopping;
        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(503);
    }

    [Fact] // S10
    public async Task Withdrawal_EndsCallsUnderWayAndPolls()
    {
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var scene = await LongPollScene.StartAsync(Held(never.Task));
        scene.Plane.Enqueue(LongPollScene.Call);
        await scene.Server.NextAsync();

        (scene.Closure, scene.IsWithdrawn) = ("The certificate was revoked.", true);

        (await scene.Plane.NextAnswerAsync()).Code.ShouldBe(503);
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().Problem == scene.Closure,
            TestContext.Current.CancellationToken
        );
        (scene.Closure, scene.IsWithdrawn) = (null, false);
        await Eventually.UntilAsync(
            () => scene.Agent.Status.Single().Problem is null,
            TestContext.Current.CancellationToken
        );
    }

    private static Task ExpiryAsync(LongPollScene scene) =>
        Eventually.UntilAsync(
            () => scene.Log.Text.Contains("the deadline of command req-1 passed", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

    private static RawUpstream Held(Task release) =>
        RawUpstream.Scripted(
            async (_, stream, token) =>
            {
                await release.WaitAsync(token);
                await stream.WriteAsync(Encoding.UTF8.GetBytes(LongPollScene.Json(LongPollScene.Result)), token);
                return true;
            }
        );
}
