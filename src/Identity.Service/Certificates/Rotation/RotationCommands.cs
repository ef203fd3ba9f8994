using System.Text.Json.Nodes;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Certificates.Bundles;
using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Rotation;

internal sealed class RotationCommands(
    AuthorityLifecycle lifecycle,
    TunnelAuthorityStore authorities,
    RegisteredCertificateStore anchors,
    TunnelBundles bundles,
    PersonIdentification persons,
    TimeProvider time
)
{
    /// <summary>Removes a staged authority. An active one becomes staged again, and the previous one replaces it.</summary>
    public async ValueTask<Result<TunnelAuthority>> RollbackAsync(
        OperationContext context,
        TunnelAuthority authority,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (await bundles.LoadAsync(authority.TunnelId, cancellationToken) is not { } bundle)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (BundleProtocol.Rollback(bundle.State, authority.Id.Value).Error is { } error)
        {
            return error == BundleError.Role
                ? AuthorityErrors.InvalidState(authority, "No previous authority exists to return to.")
                : Unsafe(bundle, authority, error);
        }

        var move = await AuthorityMove.ByCallerAsync(context, persons, reason, cancellationToken);
        if (authority.State == AuthorityState.Staged)
        {
            var retiring = await lifecycle.MoveAsync(authority, AuthorityState.Retiring, move, cancellationToken);
            return retiring.Value is { } leaving
                ? await lifecycle.MoveAsync(leaving, AuthorityState.Retired, move, cancellationToken)
                : retiring;
        }

        var before = await authorities.FindAsync(BundleProtocol.Predecessor(bundle.State)!.Id, cancellationToken);
        if (before is null)
        {
            return AuthorityErrors.InvalidState(authority, "No previous authority exists to return to.");
        }

        // One decision: at every moment one of the two issues.
        return await lifecycle.MoveAsync(
            authority,
            AuthorityState.Staged,
            move with
            {
                Reason = $"rollback to {before.Id.Value}{(reason is null ? "" : ": " + reason)}",
                With =
                [
                    authorities.Update(
                        before with
                        {
                            State = AuthorityState.Active,
                            StateSince = time.GetUtcNow(),
                        },
                        AuthorityState.Retiring
                    ),
                    anchors.AcquireSlot(before.TunnelId, before.RegisteredCertificateId!.Value),
                ],
            },
            cancellationToken
        );
    }

    /// <summary>Removes a retiring or tainted authority from the bundle. Needs force when clients are affected.</summary>
    public async ValueTask<Result<TunnelAuthority>> WithdrawAsync(
        OperationContext context,
        TunnelAuthority authority,
        RotationRequest wanted,
        CancellationToken cancellationToken
    )
    {
        if (authority.State == AuthorityState.Retired)
        {
            return authority;
        }

        if (authority.State is not (AuthorityState.Retiring or AuthorityState.Tainted))
        {
            return AuthorityErrors.InvalidState(authority, "Only a retiring or tainted one can be withdrawn.");
        }

        if (await bundles.LoadAsync(authority.TunnelId, cancellationToken) is not { } bundle)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (BundleProtocol.Remove(bundle.State, authority.Id.Value, wanted.Force).Error is { } error)
        {
            return Unsafe(bundle, authority, error);
        }

        var move = await AuthorityMove.ByCallerAsync(context, persons, wanted.Reason, cancellationToken);
        return await lifecycle.MoveAsync(
            authority,
            AuthorityState.Retired,
            wanted.Force ? move with { Waived = AuthorityGuards.LeavesEnded } : move,
            cancellationToken
        );
    }

    private static Refusal Unsafe(TunnelBundle bundle, TunnelAuthority authority, BundleError error) =>
        BundleErrors
            .Unsafe.Refuse()
            .With("state", WireNames.Get(authority.State))
            .With(
                "reason",
                error switch
                {
                    BundleError.LiveLeaves => "live_leaves",
                    BundleError.Empty => "empty",
                    BundleError.AddsAndRemoves => "adds_and_removes",
                    BundleError.Unacknowledged => "unacknowledged",
                    _ => "role",
                }
            )
            .With(
                "blockers",
                new JsonArray([
                    .. bundle
                        .State.Holders.Where(holder => holder.LeafOf == authority.Id.Value)
                        .Select(holder => new JsonObject { ["kind"] = "agent", ["id"] = holder.Id }),
                ])
            )
            .With("next", $"culvert ca status {authority.Id.Value}");
}
