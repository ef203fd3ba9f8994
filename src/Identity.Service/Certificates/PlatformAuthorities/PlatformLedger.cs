using System.Collections.Concurrent;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// Records which epoch of the platform's bundle a machine is sent, before it is sent (S17): once per epoch and machine,
/// and never before the first change of roots.
/// </summary>
internal sealed class PlatformLedger(PlatformHolderStore holders, IJournal journal)
{
    /// <summary>At this size the cache is cleared; known entries are then written once more.</summary>
    private const int MaxRemembered = 100_000;

    private const long FirstEpoch = 1;

    private readonly ConcurrentDictionary<string, long> written = new(StringComparer.Ordinal);

    /// <summary>Must be called before an answer with the bundle of that epoch is sent.</summary>
    public async ValueTask ServeAsync(string spiffeId, long epoch, CancellationToken cancellationToken)
    {
        if (epoch <= FirstEpoch || written.GetValueOrDefault(spiffeId) >= epoch)
        {
            return;
        }

        var result = await journal.CommitAsync(
            new Decision { Statements = [holders.Serve(spiffeId, epoch)] },
            cancellationToken
        );

        // An epoch that could not be recorded does not count; the feed itself continues.
        if (result.IsCommitted)
        {
            if (written.Count >= MaxRemembered)
            {
                written.Clear();
            }

            written[spiffeId] = epoch;
        }
    }

    /// <summary>The statements that record a machine's acknowledgement with its report, if it counts.</summary>
    public IReadOnlyList<Statement> Acknowledgement(MachinePeer peer, long epoch, string serial) =>
        epoch > FirstEpoch && serial == peer.SerialNumber ? [holders.Acknowledge(peer.SpiffeId, epoch, serial)] : [];
}
