using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Upstreams.Crawling;

/// <summary>
/// Compares a route's server with its pins: at the start, when an event suggests a change, when the server's lists
/// expire, and on a timer. It also loads the approvals of operators.
/// </summary>
internal sealed class PinWatch
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // The least time between two readings, however often a server announces changes.
    internal static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(5);

    private readonly Route route;
    private readonly RoutePins pins;
    private readonly PinBook book;
    private readonly PinFiles files;
    private readonly Func<PinSigner?> signer;
    private readonly TimeProvider time;
    private (DateTime, long)? stamp;
    private DateTimeOffset? readAt;
    private TimeSpan? ttl;
    private bool isModern = true;
    private bool awaitsCertificate; // the first use is pinned once the agent can sign

    /// <param name="signer">Signs the agent's own approvals; null while the agent has no certificate.</param>
    public PinWatch(Route route, PinBook book, Func<PinSigner?> signer, TimeProvider time)
    {
        this.route = route;
        this.book = book;
        this.signer = signer;
        this.time = time;
        pins = route.Policy.Pins!;
        files = book.GetFiles(route.Name);
        stamp = files.Stamp;
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, time);
        do
        {
            Reload();
            if (IsDue())
            {
                await TryVerifyAsync(cancellationToken);
            }

            Save();
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    // Whatever a server sends, the agent must continue to serve its other routes.
    private async Task TryVerifyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await VerifyAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var problem = $"An unexpected error: {e.GetType().Name}: {e.Message}";
            book.Reporter.ReportVerification(route.Name, problem, pins.State.FailReading(problem));
        }
    }

    internal async Task VerifyAsync(CancellationToken cancellationToken)
    {
        var state = pins.State;
        readAt = time.GetUtcNow();
        state.BeginReading();
        var crawl = new DefinitionCrawl(route, time);
        var result = await crawl.RunAsync(pins.Settings.Kinds, isModern, cancellationToken);
        isModern = crawl.IsModern || (result.Problem is not null && isModern);
        var now = time.GetUtcNow();
        if (result.Problem is null && pins.Settings.TrustsFirstUse && !state.HasPins && state.Problem is null)
        {
            await PinFirstUseAsync(result, now, cancellationToken);
        }

        foreach (var (key, entry) in result.Entries)
        {
            if (state.Observe(key, entry, now, isListed: false) is { } drift)
            {
                book.Reporter.Report(pins, drift);
            }
        }

        var isNews = false;
        if (result.Problem is { } problem)
        {
            isNews = state.FailReading(problem);
        }
        else
        {
            ttl = result.Ttl;
            var (removed, gone) = state.FinishReading(now, pins.Settings.Refresh, pins.Settings.Kinds);
            foreach (var drift in removed)
            {
                book.Reporter.Report(pins, drift);
            }

            foreach (var key in gone)
            {
                book.Reporter.ReportGone(pins, key);
            }
        }

        book.Reporter.ReportVerification(route.Name, result.Problem, isNews);
    }

    /// <summary>Loads the approvals that were made since the last call.</summary>
    internal void Reload()
    {
        var now = files.Stamp;
        if (now == stamp)
        {
            return;
        }

        stamp = now;
        try
        {
            book.Replace(pins.State, files.LoadPinned());
        }
        catch (PinFilesException e)
        {
            book.Fail(pins.State, e.Message);
        }
    }

    /// <summary>Saves the observed definitions, for the commands and the next start.</summary>
    internal void Save()
    {
        if (pins.State.RemoveChanges() is not { } changes)
        {
            return;
        }

        try
        {
            files.SaveObserved(changes);
        }
        catch (PinFilesException e)
        {
            book.Reporter.ReportNotStored(route.Name, e.Message);
        }
    }

    internal bool IsDue()
    {
        if (readAt is not { } last)
        {
            return true;
        }

        var since = time.GetUtcNow() - last;
        var period = ttl is { } its && its < pins.Settings.Refresh ? its : pins.Settings.Refresh;
        return since >= LeastPause
            && (since >= period || (awaitsCertificate && signer() is not null) || pins.TryStartCrawl());
    }

    private async Task PinFirstUseAsync(CrawlResult result, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mine = signer();
        awaitsCertificate = mine is null;
        if (mine is null)
        {
            return;
        }

        var first = new PinState(route.Name);
        first.BeginReading();
        foreach (var (key, entry) in result.Entries)
        {
            first.Observe(key, entry, now, isListed: false);
        }

        try
        {
            if (files.WasEverApproved)
            {
                return; // removed pins are not a first use
            }

            using var held = await files.LockAsync(time, cancellationToken);
            var approval = new PinApproval(files, route.Name, mine, PinApproval.FirstUse, now);
            if (approval.Apply(null, [.. first.Drifts]) is { } approved)
            {
                stamp = files.Stamp;
                book.Replace(pins.State, approved);
            }
            else
            {
                book.Reporter.ReportNotStored(route.Name, "The agent's certificate has no P-256 key to sign with.");
            }
        }
        catch (PinFilesException e)
        {
            book.Reporter.ReportNotStored(route.Name, e.Message);
        }
    }
}
