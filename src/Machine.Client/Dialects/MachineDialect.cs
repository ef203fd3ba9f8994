using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.Access;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Stored;
using Culvert.Platform.Certificates;
using Culvert.Platform.Wire;

namespace Culvert.Machine.Client.Dialects;

/// <summary>The differences between agents and edges at the machine API.</summary>
internal abstract class MachineDialect<TFeed>
    where TFeed : class
{
    /// <summary>Names service, tunnel, instance or edge of stored credentials, which are unusable for another.</summary>
    public abstract string Subject { get; }

    /// <summary>The role that this machine's own certificate must have.</summary>
    public abstract PeerRole OwnRole { get; }

    public abstract TimeSpan LongestFeedRetry { get; }

    public abstract JsonTypeInfo<StoredFeed<TFeed>> StoredFeedType { get; }

    public abstract Task<ApiResult<MachineEnrollment>> EnrolAsync(
        IdentityClient client,
        PendingRequest pending,
        Proof proof,
        CancellationToken ct
    );

    public abstract Task<ApiResult<MachineEnrollment>> RenewAsync(
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

    public abstract bool IsOwn(SpiffeId id);

    public abstract bool IsOwn(TFeed feed);

    public abstract long GetRevision(TFeed feed);

    /// <summary>The service's digest of the feed's content; null: the feed has none.</summary>
    public abstract string? FindDigest(TFeed feed);

    public abstract BundleDocument GetPlatformBundle(TFeed feed);

    public abstract RevokedSerialSet GetRevokedSerials(TFeed feed);

    /// <summary>The alarm of the audit checkpoints in the feeds (S30); null while they agree.</summary>
    public virtual string? AuditAlarm => null;

    /// <summary>Called with each applied feed, to read what it contains besides the shared parts.</summary>
    public virtual void Observe(TFeed feed, PlatformTrust trust) { }
}
