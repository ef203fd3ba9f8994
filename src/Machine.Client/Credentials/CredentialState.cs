using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Certificates;

namespace Culvert.Machine.Client.Credentials;

/// <summary>
/// The state that the loops share. Each field is one immutable object that is swapped whole, so readers need no lock.
/// Each has one writer, except <see cref="Trust"/>, which <see cref="AdoptTrust"/> guards.
/// </summary>
internal sealed class CredentialState<TFeed>
    where TFeed : class
{
    // Guards the pair of trust and epoch.
    private readonly Lock trustGate = new();

    // Guards the change of identity, client and withdrawal, which belong together.
    private readonly Lock identityGate = new();
    private volatile MachineIdentity? identity;
    private volatile MachineClient? client;
    private volatile PlatformTrust? trust;
    private volatile TFeed? feed;
    private volatile RevokedSerialSet revokedSerials = RevokedSerialSet.None;
    private volatile string? withdrawal;
    private volatile ApiFailure? identityFailure;
    private volatile ApiFailure? feedFailure;
    private long trustEpoch;
    private long lastContactTicks;

    /// <summary>Set by <see cref="Install"/>; null before the first and after <see cref="TryWithdraw"/>.</summary>
    public MachineIdentity? Identity => identity;

    public MachineClient? Client => client;

    /// <summary>The service's reason for withdrawing the last identity; null while it has not.</summary>
    public string? Withdrawal => withdrawal;

    public PlatformTrust? Trust => trust;

    /// <summary>Written by the feed's loop.</summary>
    public TFeed? Feed
    {
        get => feed;
        set => feed = value;
    }

    /// <summary>Written by the feed's loop, with <see cref="Feed"/>.</summary>
    public RevokedSerialSet RevokedSerials
    {
        get => revokedSerials;
        set => revokedSerials = value;
    }

    /// <summary>The last failure to get a platform certificate; null after a success.</summary>
    public ApiFailure? IdentityFailure
    {
        get => identityFailure;
        set => identityFailure = value;
    }

    /// <summary>The last failure to reach the feed; null after a success.</summary>
    public ApiFailure? FeedFailure
    {
        get => feedFailure;
        set => feedFailure = value;
    }

    /// <summary>When the service last answered the feed; null before the first time.</summary>
    public DateTimeOffset? LastContact
    {
        get =>
            Interlocked.Read(ref lastContactTicks) is > 0 and var ticks
                ? new DateTimeOffset(ticks, TimeSpan.Zero)
                : null;
        set => Interlocked.Exchange(ref lastContactTicks, value?.UtcTicks ?? 0);
    }

    public void Install(MachineIdentity next, MachineClient nextClient)
    {
        lock (identityGate)
        {
            (identity, client, withdrawal) = (next, nextClient, null);
        }
    }

    /// <summary>Restores the reason for which the last run ended without an identity.</summary>
    public void RestoreWithdrawal(string reason) => withdrawal = reason;

    /// <summary>Drops the identity; false when another one replaced it since the client was used.</summary>
    public bool TryWithdraw(MachineClient refused, string reason)
    {
        lock (identityGate)
        {
            if (!ReferenceEquals(client, refused))
            {
                return false;
            }

            (identity, client, withdrawal) = (null, null, reason);
            return true;
        }
    }

    /// <summary>Applies a bundle unless a later one is in use.</summary>
    /// <param name="restart">True at a first enrolment: a service that was set up again restarts its epochs.</param>
    public void AdoptTrust(PlatformTrust candidate, long epoch, bool restart)
    {
        lock (trustGate)
        {
            if (restart || trust is null || epoch >= trustEpoch)
            {
                trust = candidate;
                trustEpoch = epoch;
            }
        }
    }
}
