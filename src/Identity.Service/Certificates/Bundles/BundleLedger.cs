using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>
/// Writes down who was given which epoch, before the answer goes out: an acknowledgement that comes in at another node
/// meets a record. That a holder called at all is written in intervals, so that liveness is known on every node.
/// </summary>
internal sealed class BundleLedger(
    BundleHolderStore holders,
    IJournal journal,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    /// <summary>Beyond that the memory of what is written is dropped; it is then written once more.</summary>
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<(string TunnelId, HolderKind Kind, string Holder), Written> written = new();

    /// <summary>How often a call is written down: often enough that a live holder is known to be live.</summary>
    private TimeSpan Interval => options.Value.LiveFor / 3;

    /// <summary>To be called before the answer with that epoch; a refusal goes out instead of it.</summary>
    public async ValueTask<Refusal?> ServeAsync(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        long epoch,
        CancellationToken cancellationToken
    )
    {
        var key = (tunnelId.Value, kind, holder);
        var known = written.GetValueOrDefault(key);
        return known is not null && known.Epoch == epoch && !IsOld(known)
            ? null
            : await WriteAsync(key, tunnelId, epoch, cancellationToken);
    }

    /// <summary>
    /// The newest epoch that it was given, as far as is recorded; looked up only when this node remembers less than
    /// <paramref name="wanted"/>.
    /// </summary>
    public async ValueTask<long> ServedAsync(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        long wanted,
        CancellationToken cancellationToken
    ) =>
        written.GetValueOrDefault((tunnelId.Value, kind, holder)) is { } known && known.Epoch >= wanted
            ? known.Epoch
            : (await holders.FindAsync(tunnelId, kind, holder, cancellationToken))?.Served ?? 0;

    /// <summary>A call that brought nothing new. What cannot be written now is written at the next call.</summary>
    public async ValueTask HeardAsync(
        TunnelId tunnelId,
        HolderKind kind,
        string holder,
        CancellationToken cancellationToken
    )
    {
        var key = (tunnelId.Value, kind, holder);
        var known = written.GetValueOrDefault(key);
        if (known is null || IsOld(known))
        {
            await WriteAsync(key, tunnelId, known?.Epoch ?? 0, cancellationToken);
        }
    }

    private async ValueTask<Refusal?> WriteAsync(
        (string TunnelId, HolderKind Kind, string Holder) key,
        TunnelId tunnelId,
        long epoch,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var result = await journal.CommitAsync(
            new Decision { Statements = [holders.Heard(tunnelId, key.Kind, key.Holder, epoch, now)] },
            cancellationToken
        );
        if (result.RefusalIfUnavailable() is { } unavailable)
        {
            // What it was given before it may be given again: feeds continue while the store takes no writes.
            var known = await holders.FindAsync(tunnelId, key.Kind, key.Holder, cancellationToken);
            return known?.Served >= epoch ? null : unavailable;
        }

        if (written.Count >= MaxRemembered)
        {
            written.Clear();
        }

        written[key] = new Written(epoch, now);
        return null;
    }

    private bool IsOld(Written known) => time.GetUtcNow() - known.At >= Interval;

    private sealed record Written(long Epoch, DateTimeOffset At);
}
