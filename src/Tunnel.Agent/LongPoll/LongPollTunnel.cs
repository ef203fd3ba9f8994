using System.Collections.Concurrent;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Tunnels;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// A tunnel of another provider: a loop that polls its control plane while there is room for a command, and a task for
/// each command. An error affects only this tunnel: others, and the tunnel to the agent's own edges, continue.
/// </summary>
internal sealed class LongPollTunnel : IProviderTunnel<LongPollSettings>
{
    // A poll without commands takes long; the first one is short, to find out whether the tunnel works.
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenChecks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenWatches = TimeSpan.FromSeconds(1);

    // Prevents a busy loop with a control plane that answers empty polls at once.
    private static readonly TimeSpan LeastPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterEmpty = TimeSpan.FromMilliseconds(200);

    // Commands that are refused do not use the slots of commands that are served.
    private const int MostRefusals = 4;

    // The time to notify the control plane that the agent stops.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(5);

    private static readonly Backoff AfterFailure = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    private readonly LongPollSettings settings;
    private readonly LongPollParts parts;
    private readonly ControlPlane plane;
    private readonly CommandRelay relay;
    private readonly SemaphoreSlim slots;
    private readonly SemaphoreSlim refusals = new(MostRefusals, MostRefusals);
    private readonly ConcurrentDictionary<string, Task> underWay = new(StringComparer.Ordinal);
    private readonly EndedCommands finished;
    private readonly CancellationTokenSource drained = new(); // cancels running commands
    private CancellationTokenSource closing = new(); // cancels a poll; replaced each time
    private CancellationTokenSource withdrawn = new(); // cancels running commands; replaced each time
    private readonly CancellationTokenSource over = new(); // cancels the answers too
    private volatile string? problem = "No poll has succeeded yet.";
    private long lastPoll; // ticks of UTC; 0 for none
    private int failures; // consecutive failures
    private string failed = ""; // the kind of failure that was logged

    public LongPollTunnel(LongPollSettings settings, LongPollParts parts)
    {
        (this.settings, this.parts) = (settings, parts);
        plane = new ControlPlane(settings, parts.Network, parts.Time);
        relay = new CommandRelay(settings, parts.Application, parts.Routes, parts.Time);
        slots = new SemaphoreSlim(settings.MaxCommands, settings.MaxCommands);
        finished = new EndedCommands(parts.Time);
    }

    public LongPollSettings Settings => settings;

    public LongPollStatus Status =>
        new(
            settings.TunnelId,
            settings.BaseUrl.Authority,
            Volatile.Read(ref lastPoll) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
            underWay.Count,
            problem
        );

    /// <summary>Polls until stopped, then lets running commands finish.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var drain = new CancellationTokenSource();
        var watching = WatchClosureAsync(drain.Token);
        try
        {
            await WaitForUpstreamsAsync(stop);
            while (!stop.IsCancellationRequested)
            {
                await WaitUntilOpenAsync(stop);
                await PollSafelyAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The stop occurred during a wait.
        }

        problem = "The agent is stopping.";
        Log.LongPollEnded(parts.Logger, settings.TunnelId, underWay.Count);
        await DrainAsync();
        await drain.CancelAsync();
        await watching;
    }

    public void Dispose()
    {
        plane.Dispose();
        slots.Dispose();
        refusals.Dispose();
        drained.Dispose();
        over.Dispose();
        closing.Dispose();
        withdrawn.Dispose();
    }

    private async Task PollSafelyAsync(CancellationToken stop)
    {
        var closed = Volatile.Read(ref closing).Token;
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, closed);
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, parts.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, closed);
        await using var stopping = stop.Register(() => EndSoon(late));
        try
        {
            await PollAsync(both.Token, ended.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The agent must not accept commands now.
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The root of the tunnel: an error in one poll must not end all later polls. Readiness shows it.
            problem = "The agent failed to poll: an internal error.";
            Log.LongPollFault(parts.Logger, settings.TunnelId, e);
            await Task.Delay(AfterFailure.Longest, parts.Time, stop);
        }
    }

    private void EndSoon(CancellationTokenSource poll)
    {
        if (settings.LastDelivery > TimeSpan.Zero)
        {
            poll.CancelAfter(settings.LastDelivery);
        }
        else
        {
            poll.Cancel();
        }
    }

    // Commands that a control plane delivers to a cancelled poll are lost, and under load each poll delivers at once.
    // So a stop ends waits immediately, but a running poll slightly later.
    private async Task PollAsync(CancellationToken stop, CancellationToken ended)
    {
        // Without a free slot, no commands are requested.
        await slots.WaitAsync(stop);
        slots.Release();
        var limit = Math.Clamp(slots.CurrentCount, 1, CommandReader.MostCommands);
        var began = parts.Time.GetTimestamp();
        var wait = problem is null || settings.PollTimeout < FirstWait ? settings.PollTimeout : FirstWait;
        var reply = await plane.PollAsync(limit, wait, settings.PollChannels, ended);
        var batch =
            !reply.IsSuccess ? null
            : reply.Body.IsEmpty ? PollBatch.Empty
            : CommandReader.Read(reply.Body, reply.ReceivedAt);
        if (batch is null)
        {
            await FailAsync(
                reply.IsSuccess ? reply with { Detail = "The response is not the body of a poll." } : reply,
                stop
            );
            return;
        }

        (failures, failed) = (0, "");
        Volatile.Write(ref lastPoll, parts.Time.GetUtcNow().UtcTicks);
        if (problem is not null)
        {
            problem = null;
            Log.LongPollServing(parts.Logger, settings.TunnelId, settings.BaseUrl.Authority);
        }

        var isEmpty = batch.Commands.Count + batch.Dropped.Count == 0;
        parts.Metrics.Polled(settings.TunnelId, isEmpty ? "empty" : "commands");
        Accept(batch);
        if (isEmpty && parts.Time.GetElapsedTime(began) < LeastPoll)
        {
            await Task.Delay(AfterEmpty, parts.Time, stop);
        }
    }

    private async Task FailAsync(ControlReply reply, CancellationToken stop)
    {
        failures++;
        parts.Metrics.Polled(settings.TunnelId, "failed");
        var remedy = ControlErrors.FindRemedy(reply.Status, reply.Code);
        var reason = remedy is null ? reply.Describe() : $"{reply.Describe()} {remedy}";

        // Each response has an id of its own, so the log has one line for consecutive failures of the same kind.
        var kind = reply.Status == 0 ? reply.Detail : $"{reply.Status} {reply.Code}";
        if (kind != failed)
        {
            Log.LongPollFailed(parts.Logger, settings.TunnelId, reason);
        }

        (problem, failed) = (reason, kind);
        var wait = AfterFailure.After(failures, Jitter.Unit());
        await Task.Delay(reply.RetryAfter > wait ? reply.RetryAfter.Value : wait, parts.Time, stop);
    }

    private void Accept(PollBatch batch)
    {
        foreach (var reason in batch.Dropped)
        {
            Drop(reason);
        }

        // A command that is delivered twice must not run twice: all are registered before the first starts, which may
        // end at once. A command that ends meanwhile is finished before it is removed from those under way.
        var accepted = new List<(TunnelCommand Command, TaskCompletionSource Handled)>(batch.Commands.Count);
        foreach (var command in batch.Commands)
        {
            if (command.Refusal is not null)
            {
                Log.CommandRefused(parts.Logger, settings.TunnelId, command.Name, command.RefusedFor);
            }

            var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (!underWay.TryAdd(command.RequestId, handled.Task))
            {
                Drop("repeated");
            }
            else if (finished.Contains(command.RequestId))
            {
                underWay.TryRemove(command.RequestId, out _);
                Drop("repeated");
            }
            else
            {
                accepted.Add((command, handled));
            }
        }

        for (var i = 0; i < accepted.Count; i++)
        {
            // The last command, often the only one, starts on this thread: waking another takes longer than the start.
            _ = RunAsync(accepted[i].Command, accepted[i].Handled, yieldsFirst: i < accepted.Count - 1);
        }
    }

    private void Drop(string reason)
    {
        parts.Metrics.Dropped(settings.TunnelId, reason);
        Log.CommandDropped(parts.Logger, settings.TunnelId, reason);
    }

    private async Task RunAsync(TunnelCommand command, TaskCompletionSource handled, bool yieldsFirst)
    {
        if (yieldsFirst)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        try
        {
            parts.Metrics.Handled(settings.TunnelId, await HandleAsync(command));
        }
        catch (Exception e)
        {
            // The root of a command: an error affects only this command, and the tunnel must continue.
            Log.CommandFault(parts.Logger, settings.TunnelId, command.Name, e);
            parts.Metrics.Handled(settings.TunnelId, "fault");
        }
        finally
        {
            if (command.Refusal is null)
            {
                finished.Add(command.RequestId, command.ResponseTimeout ?? settings.MaxCallTime);
            }

            underWay.TryRemove(command.RequestId, out _);
            handled.TrySetResult();
        }
    }

    // The deadline counts from the receipt of the poll, however long the command has waited since.
    private Task<string> HandleAsync(TunnelCommand command) =>
        command.ResponseTimeout is { } timeout ? HandleWithinAsync(command, timeout) : HandleAsync(command, over.Token);

    private async Task<string> HandleWithinAsync(TunnelCommand command, TimeSpan timeout)
    {
        var left = timeout - parts.Time.GetElapsedTime(command.ReceivedAt);
        if (left <= TimeSpan.Zero)
        {
            return Expire(command);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(over.Token);
        await using var alarm = SetAlarm(deadline, left);
        return await HandleAsync(command, deadline.Token);
    }

    private async Task<string> HandleAsync(TunnelCommand command, CancellationToken deadline)
    {
        var sender = new AnswerSender(plane, command, parts.Time, deadline);
        try
        {
            await WaitAndWorkAsync(command, sender, deadline);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return Expire(command);
        }

        if (sender.Problem.Length > 0)
        {
            Log.AnswerNotTaken(parts.Logger, settings.TunnelId, command.Name, sender.Problem);
        }

        return sender.Outcome switch
        {
            AnswerOutcome.Accepted when command.Refusal is not null => "refused",
            AnswerOutcome.Accepted => "answered",
            AnswerOutcome.NotPending => "not_pending",
            _ => "not_taken",
        };
    }

    private async Task WaitAndWorkAsync(TunnelCommand command, AnswerSender sender, CancellationToken deadline)
    {
        var room = command.Refusal is null ? slots : refusals;
        if (!await TryWaitAsync(room, deadline))
        {
            await CommandRelay.RefuseAsync(command, sender, CommandFailures.QueueTimeout);
            return;
        }

        try
        {
            await (
                command.Refusal is { } refusal
                    ? CommandRelay.RefuseAsync(command, sender, refusal)
                    : WorkAsync(command, sender, deadline)
            );
        }
        finally
        {
            room.Release();
        }
    }

    // False if the time limit of a call expired during the wait.
    private async Task<bool> TryWaitAsync(SemaphoreSlim room, CancellationToken deadline)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(deadline);
        await using var alarm = SetAlarm(waiting, settings.MaxCallTime);
        try
        {
            await room.WaitAsync(waiting.Token);
            return true;
        }
        catch (OperationCanceledException) when (!deadline.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task WorkAsync(TunnelCommand command, AnswerSender sender, CancellationToken deadline)
    {
        var stopped = Volatile.Read(ref withdrawn).Token;
        using var work = CancellationTokenSource.CreateLinkedTokenSource(deadline, drained.Token, stopped);
        await using var alarm = SetAlarm(work, settings.MaxCallTime);
        if (parts.FindClosure() is not null)
        {
            await EndAsync(command, sender, isTooLong: false);
            return;
        }

        try
        {
            await relay.RelayAsync(command, sender, work.Token);
        }
        catch (OperationCanceledException) when (work.IsCancellationRequested && !deadline.IsCancellationRequested)
        {
            // The call exceeded its time limit, or the agent stops: the product is notified now.
            var isTooLong = !drained.IsCancellationRequested && !stopped.IsCancellationRequested;
            await EndAsync(command, sender, isTooLong);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The root of a command's work: an error affects only this command, and its product must not wait in vain.
            Log.CommandFault(parts.Logger, settings.TunnelId, command.Name, e);
            await EndAsync(command, sender, isTooLong: false);
        }
    }

    private static Task EndAsync(TunnelCommand command, AnswerSender sender, bool isTooLong) =>
        isTooLong
            ? CommandRelay.FailAsync(command, sender, TunnelFailure.TimedOut, StatusCodes.Status504GatewayTimeout)
            : CommandRelay.FailAsync(command, sender, TunnelFailure.Internal, StatusCodes.Status503ServiceUnavailable);

    private string Expire(TunnelCommand command)
    {
        Log.CommandExpired(parts.Logger, settings.TunnelId, command.Name);
        return "expired";
    }

    private ITimer SetAlarm(CancellationTokenSource source, TimeSpan after) =>
        parts.Time.CreateTimer(
            static s => ((CancellationTokenSource)s!).Cancel(),
            source,
            after < LongestTimer ? after : Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );

    private static TimeSpan LongestTimer => TimeSpan.FromDays(40);

    // Prevents early failures of calls: waits for a limited time until the upstreams of the channels respond.
    private async Task WaitForUpstreamsAsync(CancellationToken stop)
    {
        var began = parts.Time.GetTimestamp();
        while (
            parts.Time.GetElapsedTime(began) < settings.StartupWait
            && settings.Channels.FirstOrDefault(c => !parts.IsUp(c.Route)) is { } waiting
        )
        {
            problem = $"The upstream of route {waiting.Route} has not responded yet.";
            await Task.Delay(BetweenChecks, parts.Time, stop);
        }
    }

    // A held poll would deliver commands that must not be served, and a call may last for minutes.
    private async Task WatchClosureAsync(CancellationToken ended)
    {
        using var timer = new PeriodicTimer(BetweenWatches, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                if (parts.FindClosure() is not null)
                {
                    await Interlocked.Exchange(ref closing, new CancellationTokenSource()).CancelAsync();
                }

                if (parts.IsWithdrawn())
                {
                    await Interlocked.Exchange(ref withdrawn, new CancellationTokenSource()).CancelAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The tunnel has ended.
        }
    }

    private async Task WaitUntilOpenAsync(CancellationToken stop)
    {
        var isReported = false;
        while (parts.FindClosure() is { } reason)
        {
            if (!isReported)
            {
                Log.LongPollFailed(parts.Logger, settings.TunnelId, reason);
                isReported = true;
            }

            problem = reason;
            await Task.Delay(BetweenChecks, parts.Time, stop);
        }
    }

    private async Task DrainAsync()
    {
        using var limit = new CancellationTokenSource(settings.Drain, parts.Time);
        await WaitForCommandsAsync(limit.Token);
        await drained.CancelAsync();
        using var last = new CancellationTokenSource(LastAnswers, parts.Time);
        await WaitForCommandsAsync(last.Token);
        await over.CancelAsync();
        await WaitForCommandsAsync(CancellationToken.None);
    }

    private async Task WaitForCommandsAsync(CancellationToken limit)
    {
        try
        {
            while (underWay.Values.ToList() is { Count: > 0 } running)
            {
                await Task.WhenAll(running).WaitAsync(limit);
            }
        }
        catch (OperationCanceledException)
        {
            // The time limit has expired.
        }
    }
}
