using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Signals;

/// <summary>Reserves streams for the node that polls them, and records the results.</summary>
internal sealed class SignalPollReservations(
    SignalStreamStore store,
    IJournal journal,
    Current<FederationOptions> options,
    TimeProvider time,
    ILogger<SignalPollReservations> logger
)
{
    /// <summary>The longest wait that a transmitter may request by <c>Retry-After</c>.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    /// <summary>The longest other wait after failures.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // For the tokens of an answer. A series that takes longer is harmless: each token has its effect once.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(30);

    private static readonly Backoff Waits = new(TimeSpan.FromSeconds(5), LongestWait);

    /// <summary>The stream with its reservation; null = another node was first, or the stream changed.</summary>
    public async ValueTask<SignalStream?> TryAcquireAsync(SignalStream stream, CancellationToken cancellationToken)
    {
        // A series ends with two requests after its time: one for tokens, and one that reports them. Answers that are too large
        // add up to three.
        var until = time.GetStoreNow() + SignalPollSeries.Longest + (options.Value.Fetch.Timeout * 2) + Slack;
        var result = await journal.CommitAsync(
            new Decision { Statements = [store.AcquirePoll(stream, until)] },
            cancellationToken
        );
        return result.IsCommitted ? stream with { NextPollAt = until } : null;
    }

    /// <param name="reserved">From <see cref="TryAcquireAsync"/>.</param>
    /// <param name="failure">Null = success.</param>
    /// <param name="cancellationToken">Without the record, the reservation ends later.</param>
    public async Task SettleAsync(
        SignalStream reserved,
        SignalPollFailure? failure,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var settled = failure is null
            ? reserved with
            {
                NextPollAt = now + options.Value.SignalPollInterval,
                LastPolledAt = now,
                PollFailures = 0,
                LastPollFailure = null,
            }
            : Fail(reserved, failure, now);
        await journal.CommitAsync(
            new Decision { Statements = [store.SettlePoll(reserved, settled)] },
            cancellationToken
        );
    }

    private SignalStream Fail(SignalStream reserved, SignalPollFailure failure, DateTimeOffset now)
    {
        var failures = reserved.PollFailures + 1;
        var wait = Waits.After(failures, Jitter.Unit());
        if (failure.RetryAfter > wait)
        {
            wait = failure.RetryAfter.Value < LongestRetryAfter ? failure.RetryAfter.Value : LongestRetryAfter;
        }

        Log.SignalPollFailed(logger, reserved.IssuerId.Value, wait, failure.Reason);
        return reserved with { NextPollAt = now + wait, PollFailures = failures, LastPollFailure = failure.Reason };
    }
}
