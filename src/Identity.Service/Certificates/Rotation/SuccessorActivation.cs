using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>Activates a staged successor, unless an administrator rolled it back.</summary>
internal sealed class SuccessorActivation(
    AuthorityLifecycle lifecycle,
    RegisteredCertificateStore anchors,
    ILogger<SuccessorActivation> logger
)
{
    /// <summary>Returns whether the successor is active.</summary>
    public async Task<bool> ActivateAsync(TunnelAuthority successor, CancellationToken cancellationToken)
    {
        if (await WasTakenBackAsync(successor, cancellationToken))
        {
            Log.SwitchWaits(
                logger,
                successor.Id.Value,
                "an administrator cancelled it, and an administrator must activate it again"
            );
            return false;
        }

        var moved = await lifecycle.MoveAsync(
            successor,
            AuthorityState.Active,
            AuthorityMove.BySystem("rotation"),
            cancellationToken
        );
        if (moved.Refusal is { } refusal)
        {
            Log.SwitchWaits(logger, successor.Id.Value, refusal.Message);
        }

        return moved.Value is not null;
    }

    // Its anchor is as old as its first staging: if it was staged later, it has been active in between.
    private async Task<bool> WasTakenBackAsync(TunnelAuthority successor, CancellationToken cancellationToken) =>
        successor.RegisteredCertificateId is { } id
        && await anchors.FindAsync(id.Value, cancellationToken) is { } anchor
        && successor.StateSince > anchor.CreatedAt;
}
