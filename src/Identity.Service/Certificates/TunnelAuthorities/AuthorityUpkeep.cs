using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>
/// Expires registrations and certificates, and destroys the keys of authorities deleted 30 days ago, or retired or
/// expired for the retention time. Derived from the records, so any node may run it, at any delay.
/// </summary>
internal sealed class AuthorityUpkeep(
    TunnelAuthorityStore authorities,
    AuthorityLifecycle lifecycle,
    AuthorityKeys keys,
    TunnelStore tunnels,
    ClockGuard clock,
    Current<CertificateOptions> options,
    TimeProvider time,
    ILogger<AuthorityUpkeep> logger
)
    : RecurringJob(
        "certificate_authorities",
        "Performs the due life-cycle steps of certificate authorities.",
        TimeSpan.FromMinutes(1),
        time
    )
{
    /// <summary>Runs what is due; nothing while the clock is unreliable, because an expiry cannot be undone.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (clock.Check() is not null)
        {
            return;
        }

        foreach (var state in Enum.GetValues<AuthorityState>())
        {
            await foreach (var authority in authorities.ListByStateAsync(state, cancellationToken))
            {
                await ProcessAsync(authority, cancellationToken);
            }
        }
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    private async Task ProcessAsync(TunnelAuthority authority, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        if (authority.State is AuthorityState.Retired or AuthorityState.Expired or AuthorityState.Deleted)
        {
            // Any node may have destroyed the key: this node must not keep it in memory longer.
            keys.Close(authority);
        }

        switch (authority.State)
        {
            // Neither issues nor signs lists, and can never do so again: its key can only be stolen.
            case AuthorityState.Retired or AuthorityState.Expired:
                await DestroyAfterAsync(authority, authority.StateSince, options.Value.KeyRetention);
                return;
            case AuthorityState.Deleted:
                await DestroyAfterAsync(authority, authority.ArchivedAt, AuthorityLifecycle.RegistrationLife);
                return;
        }

        // If another move was first, this one is refused; the next round sees the new state.
        if (await FindEndAsync(authority, now, cancellationToken) is { } reason)
        {
            await lifecycle.MoveAsync(
                authority,
                AuthorityState.Expired,
                AuthorityMove.BySystem(reason),
                cancellationToken
            );
        }

        Task DestroyAfterAsync(TunnelAuthority over, DateTimeOffset? since, TimeSpan wait) =>
            since + wait <= now && (over.SealedKey is not null || over.KeyLabel is not null)
                ? DestroyKeyAsync(over, cancellationToken)
                : Task.CompletedTask;
    }

    private async ValueTask<string?> FindEndAsync(
        TunnelAuthority authority,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (AuthorityStates.IsRegistering(authority.State))
        {
            if (authority.RegistrationEnds <= now)
            {
                return "registration_expired";
            }
        }
        else if (authority.NotAfter is { } end && end.AddSeconds(1) <= now)
        {
            return "certificate_expired";
        }

        var tunnel = await tunnels.FindAsync(authority.TunnelId.Value, cancellationToken);
        return tunnel is null or { IsArchived: true } ? "tunnel_archived" : null;
    }

    private async Task DestroyKeyAsync(TunnelAuthority authority, CancellationToken cancellationToken)
    {
        if (keys.Destroy(authority) is { } reason)
        {
            Log.AuthorityKeyNotDestroyed(logger, authority.Id.Value, reason);
            return;
        }

        await lifecycle.RecordAsync(
            AuditEvents.AuthorityKeyDestroyed,
            authority with
            {
                SealedKey = null,
                KeyLabel = null,
            },
            AuthorityMove.BySystem(),
            cancellationToken
        );
    }
}
