using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Edge.Routing;

/// <summary>
/// What is in force: the feed's snapshot, our own certificate, and when the service was last heard. Written by the
/// credential manager's events, read by every connection.
/// </summary>
/// <param name="lastContact">When the service was last heard; asked at every use.</param>
/// <param name="withdrawal">Why this edge may not serve; null = it may. Asked at every use.</param>
internal sealed class EdgeState(Func<DateTimeOffset?> lastContact, Func<string?>? withdrawal = null)
{
    private volatile EdgeSnapshot? snapshot;
    private volatile KeyAndCertificate? certificate;
    private volatile bool drainsHere;

    /// <summary>Raised after <see cref="Snapshot"/> has changed, on the writer's thread.</summary>
    public event Action<EdgeSnapshot>? SnapshotChanged;

    /// <summary>Null until the first feed, or the kept one.</summary>
    public EdgeSnapshot? Snapshot => snapshot;

    /// <summary>Null until enrolment, or the kept one.</summary>
    public KeyAndCertificate? Certificate => certificate;

    /// <summary>
    /// Why the edge may not serve: the service withdrew our certificate, or it expired. Not an outage, so no grace (S10).
    /// </summary>
    public string? Withdrawal => withdrawal?.Invoke();

    /// <summary>Agents and clients are sent elsewhere: an operator said so at the service, or on this machine.</summary>
    public bool IsDraining => drainsHere || Snapshot is { IsDraining: true };

    /// <summary>The last answer to a feed request; null if there never was one.</summary>
    public DateTimeOffset? LastContact => lastContact();

    /// <summary>How fresh the feed is, by the longest grace that any tunnel has (S10).</summary>
    /// <param name="now">The time.</param>
    /// <param name="ownGrace">For tunnels without their own value.</param>
    public FeedAge AgeOfFeed(DateTimeOffset now, TimeSpan ownGrace) =>
        FeedContact.Age(LastContact, now, Snapshot?.LongestOfflineGrace(ownGrace) ?? ownGrace);

    /// <summary>What an operator said on this machine.</summary>
    public void DrainHere(bool drains) => drainsHere = drains;

    public void Use(KeyAndCertificate next) => certificate = next;

    public void Use(EdgeSnapshot next)
    {
        // A full fence: a thread that registers a connection and then reads the snapshot is seen below, or sees this one.
        Interlocked.Exchange(ref snapshot, next);
        SnapshotChanged?.Invoke(next);
    }
}
