using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>The current state, written by the credential manager's events and read by every connection.</summary>
/// <param name="lastContact">Returns the time of the last contact; called at every use.</param>
/// <param name="withdrawal">Returns why this edge may not serve; null = it may. Called at every use.</param>
internal sealed class EdgeState(Func<DateTimeOffset?> lastContact, Func<string?>? withdrawal = null)
{
    private volatile EdgeSnapshot? snapshot;
    private volatile KeyAndCertificate? certificate;
    private volatile bool drainsHere;

    /// <summary>Raised after <see cref="Snapshot"/> has changed, on the writer's thread.</summary>
    public event Action<EdgeSnapshot>? SnapshotChanged;

    /// <summary>Null until the first feed arrives or is loaded from disk.</summary>
    public EdgeSnapshot? Snapshot => snapshot;

    /// <summary>Null until enrolment, or until it is loaded from disk.</summary>
    public KeyAndCertificate? Certificate => certificate;

    /// <summary>Why the edge may not serve: its certificate was withdrawn or has expired. No grace applies (S10).</summary>
    public string? Withdrawal => withdrawal?.Invoke();

    /// <summary>True if an operator drains this edge, through the service or on this machine.</summary>
    public bool IsDraining => drainsHere || Snapshot is { IsDraining: true };

    /// <summary>The time of the last answer to a feed request; null if there was none.</summary>
    public DateTimeOffset? LastContact => lastContact();

    /// <summary>How fresh the feed is, by the longest grace that any tunnel has (S10).</summary>
    /// <param name="ownGrace">For tunnels without their own value.</param>
    public FeedAge AgeOfFeed(DateTimeOffset now, TimeSpan ownGrace) =>
        FeedContact.Age(LastContact, now, Snapshot?.LongestOfflineGrace(ownGrace) ?? ownGrace);

    public void DrainHere(bool drains) => drainsHere = drains;

    public void Use(KeyAndCertificate next) => certificate = next;

    public void Use(EdgeSnapshot next)
    {
        // A full fence: a thread that registers a connection and then reads the snapshot either reads this one, or its
        // connection is visible to the handlers below.
        Interlocked.Exchange(ref snapshot, next);
        SnapshotChanged?.Invoke(next);
    }
}
