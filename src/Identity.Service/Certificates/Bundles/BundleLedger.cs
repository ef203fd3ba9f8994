using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Certificates;

namespace Culvert.Identity.Service.Certificates.Bundles;

/// <summary>
/// Records which epoch each holder was sent before the answer is sent, so that any node can accept its acknowledgement.
/// Also records calls at intervals, so that every node knows which holders are live.
/// </summary>
internal sealed class BundleLedger(
    BundleHolderStore holders,
    IJournal journal,
    Current<AgentOptions> options,
    TimeProvider time
)
{
    /// <summary>At this size the cache is cleared; known entries are then written once more.</summary>
    private const int MaxRemembered = 100_000;

    private readonly ConcurrentDictionary<(string TunnelId, HolderKind Kind, string Holder), Written> written = new();

    /// <summary>The interval between records of a holder's calls, short enough that a live holder counts as live.</summary>
    private TimeSpan Interval => options.Value.LiveFor / 3;

    /// <summary>Must be called before the answer with that epoch is sent; a refusal replaces the answer.</summary>
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

    /// <summary>The store is read only if this node's cache has less than <paramref name="wanted"/>.</summary>
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

    /// <summary>Records a call without a new epoch. If the write fails, the next call repeats it.</summary>
    public async ValueTask RecordContactAsync(
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
            new Decision { Statements = [holders.RecordContact(tunnelId, key.Kind, key.Holder, epoch, now)] },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } unavailable)
        {
            // A holder may get an epoch that it got before: feeds continue while the store takes no writes.
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
