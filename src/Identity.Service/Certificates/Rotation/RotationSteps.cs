using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.Issuance;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Removes a retiring authority from the bundle after its last leaf has expired, a tainted one as soon as its successor
/// issues. Derived only from the records, so any node may run it, twice or late.
/// </summary>
internal sealed class RotationSteps(
    TunnelAuthorityStore authorities,
    AuthorityLifecycle lifecycle,
    CertificateStore inventory,
    TunnelBundles bundles,
    ActivationGate gate,
    ClockGuard clock,
    TimeProvider time,
    ILogger<RotationSteps> logger
)
{
    /// <summary>How long the removal of a compromised anchor waits at most, from the successor's epoch on (S14).</summary>
    public static readonly TimeSpan TaintDeadline = TimeSpan.FromMinutes(15);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (clock.Check() is not null)
        {
            return; // only a reliable clock can decide what has expired
        }

        await EachAsync(AuthorityState.Retiring, RetireAsync, cancellationToken);
        await EachAsync(AuthorityState.Tainted, ReplaceAsync, cancellationToken);
    }

    private async Task EachAsync(
        AuthorityState state,
        Func<TunnelAuthority, CancellationToken, Task> step,
        CancellationToken cancellationToken
    )
    {
        await foreach (var authority in authorities.ListByStateAsync(state, cancellationToken))
        {
            try
            {
                await step(authority, cancellationToken);
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                // The other tunnels do not wait for this one.
                Log.AuthorityNotTurned(logger, fault, authority.Id.Value, authority.TunnelId.Value);
            }
        }
    }

    private async Task RetireAsync(TunnelAuthority authority, CancellationToken cancellationToken)
    {
        var last = await inventory.LastNotAfterAsync(authority.Id.Value, cancellationToken);
        if (last + AuthorityLifecycle.Skew > time.GetUtcNow())
        {
            return;
        }

        if (
            await bundles.LoadAsync(authority.TunnelId, cancellationToken) is { } bundle
            && BundleProtocol.Remove(bundle.State, authority.Id.Value).Next is not null
        )
        {
            await lifecycle.MoveAsync(
                authority,
                AuthorityState.Retired,
                AuthorityMove.BySystem("last_leaf_ended"),
                cancellationToken
            );
        }
    }

    private async Task ReplaceAsync(TunnelAuthority authority, CancellationToken cancellationToken)
    {
        if (await bundles.LoadAsync(authority.TunnelId, cancellationToken) is not { } bundle)
        {
            return;
        }

        var successor =
            bundle.State.Active
            ?? bundle.State.Anchors.Where(anchor => anchor.Role == AnchorRole.Staged).MaxBy(anchor => anchor.Since);
        if (successor is null)
        {
            return; // an administrator must stage a successor first: an empty bundle would not help
        }

        var since = bundle.Anchors[successor.Id].CreatedAt;
        var isOverdue =
            time.GetUtcNow() >= (since > authority.StateSince ? since : authority.StateSince) + TaintDeadline;
        if (successor.Role == AnchorRole.Staged)
        {
            await ActivateSuccessorAsync(bundle, successor.Id, isOverdue, cancellationToken);
        }
        else if (BundleProtocol.Remove(bundle.State, authority.Id.Value, forced: isOverdue).Next is not null)
        {
            var missing = BundleProtocol
                .Missing(bundle.State, successor.Id)
                .Concat(BundleProtocol.Showing(bundle.State, authority.Id.Value))
                .Select(holder => holder.Id);
            await lifecycle.MoveAsync(
                authority,
                AuthorityState.Retired,
                AuthorityMove.BySystem(DescribeReason("tainted", missing)),
                cancellationToken
            );
        }
    }

    private async Task ActivateSuccessorAsync(
        TunnelBundle bundle,
        string successorId,
        bool isOverdue,
        CancellationToken cancellationToken
    )
    {
        var blockers = gate.Blockers(bundle, successorId);
        if (
            (blockers.Count > 0 && !isOverdue)
            || await authorities.FindAsync(successorId, cancellationToken) is not { } successor
        )
        {
            return;
        }

        await lifecycle.MoveAsync(
            successor,
            AuthorityState.Active,
            AuthorityMove.BySystem(DescribeReason("succeeds_tainted", blockers.Select(blocker => blocker.Id))) with
            {
                Waived = isOverdue ? AuthorityGuards.Acknowledged : AuthorityGuards.None,
            },
            cancellationToken
        );
    }

    // The audit entry names the parties that had not acknowledged (S14).
    private static string DescribeReason(string what, IEnumerable<string> missing)
    {
        var names = string.Join(' ', missing.Distinct(StringComparer.Ordinal));
        var text = names.Length == 0 ? what : $"{what}; not acknowledged: {names}";
        return text.Length <= ReasonRequest.MaxReasonLength ? text : text[..ReasonRequest.MaxReasonLength];
    }
}
