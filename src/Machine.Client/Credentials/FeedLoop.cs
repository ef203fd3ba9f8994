using System.Collections.Frozen;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;
using Culvert.Platform.Programs;
using Culvert.Platform.Timing;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// Follows the feed by long polls and applies each revision. The last good one survives outages and restarts. The first
/// poll requests the whole feed, so that a restarted machine knows its state at once.
/// </summary>
internal sealed class FeedLoop<TFeed>(
    LoopContext<TFeed> context,
    CredentialManagerOptions options,
    Action<bool> demandEnrolment,
    Action withdrawn,
    Action contactRestored,
    Func<TFeed, CancellationToken, ValueTask> changed
)
    where TFeed : class
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Codes by which the authenticated service says that this machine may not serve. Any other refusal, such as a
    /// proxy's, carries no information about the machine.
    /// </summary>
    private static readonly FrozenSet<string> DefiniteRefusals = FrozenSet.Create(
        StringComparer.Ordinal,
        "auth.peer_revoked",
        "auth.peer_expired",
        "edge.archived"
    );

    private static readonly TimeSpan TolerableClockOffset = TimeSpan.FromMinutes(1);

    // How far the stored time of the last contact may lag: each write is a flush to the disk.
    private static readonly TimeSpan ContactSaveInterval = TimeSpan.FromMinutes(1);

    private readonly AsyncSignal signal = new(context.Time);
    private DateTimeOffset contactSaved;
    private long? since;
    private string? held;
    private int failures;

    private CredentialState<TFeed> State => context.State;

    public void Wake() => signal.Set();

    /// <summary>Restores the last run's feed unless it is too old.</summary>
    public async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (
            State.Identity is not null
            && context.Store.LoadFeed() is { } stored
            && context.Dialect.IsOwn(stored.Feed)
            && IsFresh(context.Now - stored.LastContact)
            && TryAdopt(stored.Feed) is null
        )
        {
            State.LastContact = stored.LastContact < context.Now ? stored.LastContact : context.Now;
            State.Feed = stored.Feed;
            await changed(stored.Feed, cancellationToken);
        }
    }

    // A contact in the future has an unknown age: the clock was wrong then or is wrong now.
    private bool IsFresh(TimeSpan age) => age >= -TolerableClockOffset && age <= options.MaxFeedAge;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (State.Client is not { } client)
            {
                await signal.WaitAsync(TimeSpan.MaxValue, cancellationToken);
                continue;
            }

            // After an outage the first answer must not wait: other loops need to know that the service is back.
            var wait = failures > 0 ? TimeSpan.Zero : options.FeedWait;
            var answer = await context.Dialect.FeedAsync(client, since ?? 0, held, wait, cancellationToken);
            if (!answer.IsSuccess)
            {
                await WaitAfterAsync(client, answer.Failure, cancellationToken);
                continue;
            }

            await OnContactAsync(answer.Value.Feed, cancellationToken);
        }
    }

    private async Task WaitAfterAsync(MachineClient client, ApiFailure failure, CancellationToken ct)
    {
        failures++;
        State.FeedFailure = failure;
        if (failure is { Kind: ApiFailureKind.Refused, Code: { } code } && DefiniteRefusals.Contains(code))
        {
            Withdraw(client, failure);
            return; // the next poll uses the next certificate
        }

        Log.FeedFailed(context.Log, failures, failure);

        // The service does not know this certificate, or this machine does not know the service's: enrolling fixes both.
        if (failure is { Kind: ApiFailureKind.Untrusted } or { Status: 401 or 403 })
        {
            demandEnrolment(true);
        }

        var delay = new Backoff(FirstRetry, context.Dialect.LongestFeedRetry).After(failures, context.Unit());
        await signal.WaitAsync(failure.RetryAfter > delay ? failure.RetryAfter.Value : delay, ct);
    }

    // A definite refusal is not an outage: no grace applies, and a restart does not undo it.
    private void Withdraw(MachineClient client, ApiFailure failure)
    {
        var serial = State.Identity?.Credential.Serial;
        var reason = $"The service refused the platform certificate {serial} at {context.Now:u}: {failure.Code}.";
        if (State.TryWithdraw(client, reason))
        {
            Log.Withdrawn(context.Log, failure);
            context.Store.SaveWithdrawal(reason);
            withdrawn();
        }
    }

    private async Task OnContactAsync(TFeed? feed, CancellationToken ct)
    {
        if (failures > 0)
        {
            Log.FeedRestored(context.Log, failures);
            failures = 0;
            contactRestored();
        }

        demandEnrolment(false);
        State.FeedFailure = null;
        State.LastContact = context.Now;
        if (feed is not null)
        {
            // In this order: a revision that was not applied is requested again, so that its revocations are not missed.
            await ApplyAsync(feed, ct);
            since = context.Dialect.GetRevision(feed);
            // A refused revision has no digest here: any change may bring a good one.
            held = ReferenceEquals(State.Feed, feed) ? context.Dialect.FindDigest(feed) : null;
        }
        else if (State.Feed is { } current && context.Now - contactSaved >= ContactSaveInterval)
        {
            Save(current);
        }
    }

    private async Task ApplyAsync(TFeed feed, CancellationToken ct)
    {
        var revision = context.Dialect.GetRevision(feed);
        var error = context.Dialect.IsOwn(feed) ? TryAdopt(feed) : "it is for another machine";
        if (error is not null)
        {
            // The current feed stays; the next revision may be good.
            Log.FeedRefused(context.Log, revision, error);
            return;
        }

        State.Feed = feed;
        Save(feed);
        await changed(feed, ct);
        Log.FeedApplied(context.Log, revision);
    }

    private string? TryAdopt(TFeed feed)
    {
        var bundle = context.Dialect.GetPlatformBundle(feed);
        if (
            State.Identity is not { } identity
            || !PlatformTrust.TryCreate(identity.SpiffeId.TrustDomain, bundle.Pem, out var trust)
        )
        {
            return "its platform bundle cannot be read";
        }

        State.AdoptTrust(trust, bundle.Epoch, restart: false);
        State.RevokedSerials = context.Dialect.GetRevokedSerials(feed);
        return null;
    }

    private void Save(TFeed feed)
    {
        contactSaved = context.Now;
        context.Store.SaveFeed(feed, contactSaved);
    }
}
