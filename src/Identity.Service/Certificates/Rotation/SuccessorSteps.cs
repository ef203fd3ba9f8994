using Culvert.Identity.Service.Certificates.TunnelAuthorities;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Rotation;

/// <summary>
/// Rotates each tunnel's authority by <see cref="RotationSchedule"/>: next key and request, the connector's signature,
/// the switch. Without a connector an administrator uploads the chain.
/// </summary>
internal sealed class SuccessorSteps(
    TunnelAuthorityStore authorities,
    TunnelStore tunnels,
    SuccessorSigning signing,
    SuccessorActivation activation,
    SuccessorPlan plan,
    ClockGuard clock,
    ILogger<SuccessorSteps> logger
) : IDisposable
{
    // One run at a time: two would start the same step twice.
    private readonly SemaphoreSlim running = new(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await running.WaitAsync(cancellationToken);
        try
        {
            await RunOnceAsync(cancellationToken);
        }
        finally
        {
            running.Release();
        }
    }

    public void Dispose() => running.Dispose();

    private async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (clock.Check() is not null)
        {
            return; // only a reliable clock can decide what is due
        }

        await foreach (var authority in authorities.ListByStateAsync(AuthorityState.Active, cancellationToken))
        {
            if (IsMade(authority.Custody) && !plan.IsWaiting(authority))
            {
                await TryStepAsync(authority, cancellationToken);
            }
        }
    }

    private async Task TryStepAsync(TunnelAuthority active, CancellationToken cancellationToken)
    {
        try
        {
            await StepAsync(active, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            // The other tunnels do not wait for this one.
            Log.AuthorityNotTurned(logger, fault, active.Id.Value, active.TunnelId.Value);
        }
    }

    private async Task StepAsync(TunnelAuthority active, CancellationToken cancellationToken)
    {
        if (!plan.HasBegun(active))
        {
            return;
        }

        var tunnel = await tunnels.FindAsync(active.TunnelId.Value, cancellationToken);
        if (tunnel is null or { IsArchived: true })
        {
            return;
        }

        var all = await authorities.ListOfTunnelAsync(active.TunnelId, cancellationToken);
        if (!all.Any(other => other.Id == active.Id && other.State == AuthorityState.Active))
        {
            return; // another node has switched since the page was read: the next round sees the result
        }

        var successor = all.FirstOrDefault(other => other.Ordinal > active.Ordinal && FindPhase(other) is not null);
        var isDone = plan.Decide(
            active,
            (successor is null ? null : FindPhase(successor)) ?? SuccessorPhase.None
        ) switch
        {
            RotationDue.Prepare => await signing.BeginAsync(tunnel, active, all.Count, cancellationToken),
            RotationDue.Sign => await signing.SignAsync(tunnel, successor!, cancellationToken),
            RotationDue.Activate => await activation.ActivateAsync(successor!, cancellationToken),
            _ => true,
        };
        plan.Record(active, isDone);
    }

    // Keys that the service creates, sealed or in the HSM; an administrator imports the successor of an imported key.
    private static bool IsMade(AuthorityCustody custody) =>
        custody is AuthorityCustody.Sealed or AuthorityCustody.Pkcs11;

    private static SuccessorPhase? FindPhase(TunnelAuthority authority) =>
        !IsMade(authority.Custody)
            ? null
            : authority.State switch
            {
                AuthorityState.Draft or AuthorityState.KeyReady or AuthorityState.CsrIssued => SuccessorPhase.Unsigned,
                AuthorityState.CertUploaded or AuthorityState.Verified or AuthorityState.Approved =>
                    SuccessorPhase.Waiting,
                AuthorityState.Staged => SuccessorPhase.Staged,
                _ => null,
            };
}
