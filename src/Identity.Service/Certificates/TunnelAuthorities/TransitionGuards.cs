using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>Checks the <see cref="AuthorityGuards"/> except the registration's expiry and the free slot.</summary>
internal sealed class TransitionGuards(
    TunnelAuthorityStore authorities,
    RegisteredCertificateStore anchors,
    CertificateStore certificates,
    IActivationGate gate,
    Current<CertificateOptions> options,
    TimeProvider time
)
{
    /// <summary>The refusal, or null, and the blockers that an override accepted.</summary>
    public async ValueTask<(Refusal? Refusal, IReadOnlyList<ActivationBlocker> Overridden)> CheckAsync(
        TunnelAuthority authority,
        AuthorityGuards guards,
        AuthorityMove move,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (
            guards.HasFlag(AuthorityGuards.Restorable)
            && authority.ArchivedAt + AuthorityLifecycle.RegistrationLife <= now
        )
        {
            return (AuthorityErrors.InvalidState(authority, "It was deleted more than 30 days ago."), []);
        }

        if (
            guards.HasFlag(AuthorityGuards.NoOtherActive)
            && authority.HoldsKey
            && await authorities.FindActiveAsync(authority.TunnelId, cancellationToken) is { } active
        )
        {
            return (AuthorityErrors.BlockedBy(authority, active), []);
        }

        if (
            guards.HasFlag(AuthorityGuards.NotTheLast)
            && await IsLastAsync(authority, cancellationToken)
            && !IsOverridden(authority, [authority.Id.Value], move)
        )
        {
            return (AuthorityErrors.LastOne(authority), []);
        }

        if (
            guards.HasFlag(AuthorityGuards.NotTheLast)
            && !authority.HoldsKey
            && !options.Value.SingleApproval
            && !IsOverridden(authority, [authority.Id.Value], move)
        )
        {
            // It is unknown which of its leaves are in use, and it leaves the bundle at once: two administrators are
            // needed (S16).
            return (AuthorityErrors.RemovalByOne(authority), []);
        }

        if (
            guards.HasFlag(AuthorityGuards.LeavesEnded)
            && await certificates.LastNotAfterAsync(authority.Id.Value, cancellationToken) is { } last
            && last + AuthorityLifecycle.Skew > now
        )
        {
            return (AuthorityErrors.LeavesLive(authority, last + AuthorityLifecycle.Skew), []);
        }

        return guards.HasFlag(AuthorityGuards.Acknowledged) && authority.HoldsKey
            ? await CheckGateAsync(authority, move, cancellationToken)
            : (null, []);
    }

    private async ValueTask<(Refusal? Refusal, IReadOnlyList<ActivationBlocker> Overridden)> CheckGateAsync(
        TunnelAuthority authority,
        AuthorityMove move,
        CancellationToken cancellationToken
    )
    {
        var blockers = await gate.BlockersAsync(authority, cancellationToken);
        return blockers.Count == 0 || IsOverridden(authority, blockers.Select(blocker => blocker.Id), move)
            ? (null, blockers)
            : (AuthorityErrors.BlockedBy(authority, blockers), []);
    }

    /// <summary>Whether one administrator named every blocker, and another one gives the command (S16).</summary>
    private bool IsOverridden(TunnelAuthority authority, IEnumerable<string> blockers, AuthorityMove move) =>
        authority.Override is { } taken
        && blockers.All(taken.Missing.Contains)
        && (
            options.Value.SingleApproval
            || (
                move is { IsByPerson: true, Person: { } person }
                && PersonIdentification.CheckAreTwo(taken.Person, person, AuthorityErrors.TwoPerson) is null
            )
        );

    private async ValueTask<bool> IsLastAsync(TunnelAuthority authority, CancellationToken cancellationToken)
    {
        if (authority.State == AuthorityState.Staged)
        {
            return false;
        }

        if (authority.HoldsKey)
        {
            var active = await authorities.FindActiveAsync(authority.TunnelId, cancellationToken);
            return active is null || active.Id == authority.Id;
        }

        return (await anchors.ListLiveAsync(authority.TunnelId, cancellationToken)).Count <= 1;
    }
}
