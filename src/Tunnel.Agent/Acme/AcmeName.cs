using Culvert.Machine.Client.Credentials;
using Culvert.Platform.Certificates;
using Culvert.Platform.Timing;
using Culvert.Tunnel.Agent.InnerTls;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>One name with its certificate and its next step. Only the renewer's loop changes it.</summary>
internal sealed class AcmeName
{
    private readonly NamedLeaves leaves;
    private readonly TimeProvider time;
    private readonly double unit;
    private volatile StoredName stored;
    private volatile KeyAndCertificate? pair;
    private volatile string? caa;
    private int unansweredAsks; // in a row

    public AcmeName(StoredName stored, string instance, NamedLeaves leaves, TimeProvider time)
    {
        (this.stored, this.leaves, this.time) = (stored, leaves, time);

        // Derived from instance and name: the agents of a tunnel order and renew at different times, also after a restart.
        unit = RenewalPlan.GetUnit($"{instance} {stored.Name}");
        pair = Restore(stored);
        if (pair is null)
        {
            var first = time.GetUtcNow() + (AcmeSchedule.Spread * unit);
            this.stored = stored with
            {
                RenewAt = null,
                NotBefore = stored.NotBefore > first ? stored.NotBefore : first,
            };
        }
    }

    public string Name => stored.Name;

    /// <summary>The stored certificate, valid or expired; null before the first.</summary>
    public KeyAndCertificate? Pair => pair;

    public StoredName Stored => stored;

    public string? Caa
    {
        get => caa;
        set => caa = value;
    }

    public AcmeStatus Status => new(Name, pair?.Serial, pair?.NotAfter, GetDueTime(stored), caa, stored.LastFailure);

    /// <summary>When the renewer has to process this name.</summary>
    public DateTimeOffset DueAt
    {
        get
        {
            var (now, due) = (stored, GetDueTime(stored));
            return now.AskAt is { } ask && ask < due && pair is not null ? GetLater(ask, now.NotBefore) : due;
        }
    }

    public bool IsRenewalDue => GetDueTime(stored) <= time.GetUtcNow();

    public bool IsAskDue => stored.AskAt is not { } ask || ask <= time.GetUtcNow();

    public void Serve()
    {
        if (pair is { } known)
        {
            leaves.Swap(Name, known);
        }
    }

    public void SetCertificate(KeyAndCertificate issued)
    {
        var now = time.GetUtcNow();
        var isHastened = pair is { } old && now < AcmeSchedule.RenewAt(old, unit);
        pair = issued;
        stored = stored with
        {
            CertificatesPem = issued.ExportCertificatesPem(),
            KeyPem = issued.ExportPrivateKeyPem(),
            RenewAt = AcmeSchedule.RenewAt(issued, unit),
            AskAt = null,
            HastenedAt = isHastened ? now : stored.HastenedAt,
            Failures = 0,
            LocalFailures = 0,
            NotBefore = null,
            LastFailure = null,
        };
        Serve();
    }

    /// <summary>Stores the CA's renewal window; null: the CA never offers one.</summary>
    public void SetRenewalWindow(RenewalWindow? window)
    {
        unansweredAsks = 0;
        stored = stored with
        {
            AskAt = window is null ? DateTimeOffset.MaxValue : AcmeSchedule.GetRequestTime(window, time.GetUtcNow()),
            RenewAt =
                window is not null && pair is { } held
                    ? AcmeSchedule.RenewAt(window, AcmeSchedule.RenewAt(held, unit), stored.HastenedAt, unit)
                    : stored.RenewAt,
        };
    }

    /// <summary>A request for the window failed: the renewal time stays as it was.</summary>
    public void FailRenewalInfo(AcmeReason reason) =>
        stored = stored with { AskAt = AcmeSchedule.GetRequestTime(reason, ++unansweredAsks, time.GetUtcNow()) };

    /// <summary>An order begins: until it completes it counts as failed.</summary>
    public void Begin() =>
        stored = stored with
        {
            NotBefore =
                time.GetUtcNow() + AcmeSchedule.RetryAfter(AcmeReason.TimedOut, stored.Failures + 1, null, unit),
        };

    public void Fail(AcmeReason reason, string detail, TimeSpan? requested)
    {
        // Failures of each kind are counted separately: after a day with a full disk, the agent need not wait half a
        // day for the CA.
        var (atCa, local) =
            reason == AcmeReason.ChallengeTaken ? (stored.Failures, stored.LocalFailures)
            : AcmeSchedule.IsLocal(reason) ? (stored.Failures, stored.LocalFailures + 1)
            : (stored.Failures + 1, 0);
        stored = stored with
        {
            Failures = atCa,
            LocalFailures = local,
            NotBefore =
                time.GetUtcNow() + AcmeSchedule.RetryAfter(reason, local > 0 ? local : atCa, requested, Jitter.Unit()),
            LastFailure = new AcmeFailure(AcmeException.Code(reason), detail, time.GetUtcNow()),
        };
    }

    private static DateTimeOffset GetDueTime(StoredName name) =>
        GetLater(name.RenewAt ?? DateTimeOffset.MinValue, name.NotBefore);

    private static DateTimeOffset GetLater(DateTimeOffset one, DateTimeOffset? other) =>
        other > one ? other.Value : one;

    private static KeyAndCertificate? Restore(StoredName stored)
    {
        try
        {
            return stored is { CertificatesPem: { } certificates, KeyPem: { } key }
                ? KeyAndCertificate.FromPem(certificates, key)
                : null;
        }
        catch (CertificateUnusableException)
        {
            return null;
        }
    }
}
