using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The long poll of both feeds: answers at once if there is a newer revision, else waits for one.</summary>
internal sealed class FeedPolling(
    IRevisions revisions,
    Current<AgentOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    private const int MaxDigest = 64;

    public Result<FeedPoll> Read(ApiRequest request)
    {
        if (!TryReadSince(request.Query("since"), out var since))
        {
            return RequestErrors.Invalid.Refuse("since: a revision is required.");
        }

        if (!TryReadWait(request.Query("wait"), out var wait))
        {
            return RequestErrors.Invalid.Refuse("wait: a duration such as 30s is required.");
        }

        var held = request.Query("held");
        return held is { Length: > MaxDigest }
            ? RequestErrors.Invalid.Refuse("held: the digest of a feed is required.")
            : new FeedPoll(since, held, wait, time.GetTimestamp());
    }

    /// <summary>
    /// The revision to answer with; null when the wait is over (204). It is read before the feed's content: a change in
    /// between is sent early, and again at the next call.
    /// </summary>
    public async ValueTask<long?> WaitAsync(FeedPoll poll, CancellationToken cancellationToken)
    {
        // A machine that is ahead saw a store that was since restored from a backup: it must start over.
        if (poll.Since > revisions.Current)
        {
            return revisions.Current;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping,
            options.Change
        );
        try
        {
            var left = GetWait(poll) - time.GetElapsedTime(poll.Began);
            var moved = await revisions.WaitBeyondAsync(poll.Since, left, stop.Token);
            return moved ? revisions.Current : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The service stops, and the machine polls the next process; or the longest wait changed, and a longer one
            // than live_for allows would make the machine count as disconnected.
            return null;
        }
    }

    /// <summary>Whether the wait is over; revisions without news for this machine do not prolong it.</summary>
    public bool IsOver(FeedPoll poll) => time.GetElapsedTime(poll.Began) >= GetWait(poll);

    private TimeSpan GetWait(FeedPoll poll) => Min(poll.Wait, options.Value.FeedWaitMax);

    private static bool TryReadSince(string? text, out long since)
    {
        since = -1; // no revision yet: even revision 0 is newer
        return text is null || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since);
    }

    /// <summary>A wait such as <c>30s</c> or <c>500ms</c>; absent = none.</summary>
    public static bool TryReadWait(string? text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (text is null)
        {
            return true;
        }

        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal)
            ? (text[..^2], 1)
            : (text.EndsWith('s') ? text[..^1] : "", 1000);
        var valid = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        wait = TimeSpan.FromMilliseconds((long)number * unit);
        return valid;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
