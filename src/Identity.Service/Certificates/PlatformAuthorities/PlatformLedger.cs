using System.Collections.Concurrent;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

/// <summary>
/// Writes down which epoch of the platform's bundle goes out to a machine, before it does (S17): once an epoch and
/// machine, and never before the first swap, when there is one epoch, which came with the enrolment.
/// </summary>
internal sealed class PlatformLedger(PlatformHolderStore holders, IJournal journal)
{
    /// <summary>Beyond that the memory of what is written is dropped; it is then written once more.</summary>
    private const int MaxRemembered = 100_000;

    private const long FirstEpoch = 1;

    private readonly ConcurrentDictionary<string, long> written = new(StringComparer.Ordinal);

    /// <summary>To be called before an answer with the bundle of that epoch.</summary>
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

        // A report that could not be stored does not count; the feed itself continues.
        if (result.IsCommitted)
        {
            if (written.Count >= MaxRemembered)
            {
                written.Clear();
            }

            written[spiffeId] = epoch;
        }
    }

    /// <summary>To be committed with a machine's report: its word, if it counts.</summary>
    /// <param name="peer">By whose certificate the report came in.</param>
    /// <param name="epoch">What it says to hold.</param>
    /// <param name="serial">The certificate that it speaks for.</param>
    public IReadOnlyList<Statement> Acknowledgement(MachinePeer peer, long epoch, string serial) =>
        epoch > FirstEpoch && serial == peer.SerialNumber ? [holders.Acknowledge(peer.SpiffeId, epoch, serial)] : [];
}
