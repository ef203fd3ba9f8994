using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;

namespace Culvert.Identity.Service.Certificates.Bundles;

internal sealed class BundlePolling(
    TunnelStore tunnels,
    IRevisions revisions,
    Current<AgentOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time
)
{
    /// <summary>
    /// Waits until the epoch differs from <paramref name="since"/> or the wait is over. The revision is read before the
    /// tunnel, so that a change in between ends the next wait at once.
    /// </summary>
    public async ValueTask<Tunnel> WaitBeyondAsync(
        Tunnel tunnel,
        long since,
        TimeSpan wait,
        CancellationToken cancellationToken
    )
    {
        var current = tunnel;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken,
            lifetime.ApplicationStopping,
            options.Change
        );
        var left = wait < options.Value.FeedWaitMax ? wait : options.Value.FeedWaitMax;
        while (current.BundleEpoch == since && left > TimeSpan.Zero)
        {
            var revision = revisions.Current;
            current = await tunnels.FindAsync(tunnel.Id.Value, cancellationToken) ?? current;
            if (current.BundleEpoch != since)
            {
                break;
            }

            try
            {
                var began = time.GetTimestamp();
                if (!await revisions.WaitBeyondAsync(revision, left, limit.Token))
                {
                    break;
                }

                left -= time.GetElapsedTime(began);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                break; // the service stops, or the longest wait changed
            }
        }

        return current;
    }
}
