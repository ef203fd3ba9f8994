using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

/// <summary>What agents and edges say differently to the service. Everything else about credentials is shared.</summary>
internal abstract class MachineDialect<TFeed>
    where TFeed : class
{
    /// <summary>What kept credentials must be for: another tunnel, instance or edge makes them worthless.</summary>
    public abstract string Subject { get; }

    /// <summary>What our own certificate must show.</summary>
    public abstract PeerRole OwnRole { get; }

    /// <summary>The longest wait between two attempts to reach the feed.</summary>
    public abstract TimeSpan LongestFeedRetry { get; }

    public abstract JsonTypeInfo<StoredFeed<TFeed>> StoredFeedType { get; }

    public abstract Task<ApiResult<PlatformEnrolment>> EnrolAsync(
        IdentityClient client,
        PendingRequest pending,
        Proof proof,
        CancellationToken ct
    );

    public abstract Task<ApiResult<PlatformEnrolment>> RenewAsync(
        MachineClient client,
        PendingRequest pending,
        Proof? proof,
        CancellationToken ct
    );

    public abstract Task<ApiResult<FeedAnswer<TFeed>>> FeedAsync(
        MachineClient client,
        long since,
        string? held,
        TimeSpan wait,
        CancellationToken ct
    );

    public abstract Task<ApiFailure?> ReportAsync(
        MachineClient client,
        TFeed feed,
        string platformSerial,
        string? serverSerial,
        bool leaving,
        CancellationToken ct
    );

    /// <summary>Whether an identity that the service gave is the requested one.</summary>
    public abstract bool IsOwn(SpiffeId id);

    /// <summary>Whether a feed is for this machine.</summary>
    public abstract bool IsOwn(TFeed feed);

    public abstract long GetRevision(TFeed feed);

    /// <summary>What the service called its content; null = it has no name.</summary>
    public abstract string? FindDigest(TFeed feed);

    public abstract BundleDocument GetPlatformBundle(TFeed feed);

    public abstract RevokedSerialSet GetRevokedSerials(TFeed feed);

    /// <summary>What the audit checkpoints in the feeds gave cause for (S30); null while they agree.</summary>
    public virtual string? AuditAlarm => null;

    /// <summary>A feed is in force: the dialect reads what it contains besides its own content.</summary>
    public virtual void Observe(TFeed feed, PlatformTrust trust) { }
}
