using System.Collections.Concurrent;
using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Says for an edge that was killed what it could not say itself: that it is gone. An edge always has a poll under way, so
/// one whose connection breaks in the middle of it, and that calls no node again in a moment, is not there any more. It is
/// written down as its last report, for every node to see; its next word takes the place of that.
/// </summary>
internal sealed class LostEdges(
    EdgeStore edges,
    IJournal journal,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<LostEdges> logger
)
{
    /// <summary>A connection that was merely cut is made again within this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Of each registered edge, how many polls it has begun at this node.
    private readonly ConcurrentDictionary<string, long> polls = new(StringComparer.Ordinal);

    /// <summary>A poll begins; its number.</summary>
    public long Begin(MachinePeer peer) => polls.AddOrUpdate(peer.SpiffeId, 1, static (_, before) => before + 1);

    /// <summary>
    /// A poll ended with its connection. Returns at once. The end may be noticed after the edge has already called again.
    /// </summary>
    /// <param name="peer">The edge.</param>
    /// <param name="poll">From <see cref="Begin"/>.</param>
    public void OnBroken(MachinePeer peer, long poll) => _ = NoteAsync(peer, poll, time.GetUtcNow());

    private async Task NoteAsync(MachinePeer peer, long poll, DateTimeOffset brokenAt)
    {
        try
        {
            var stop = lifetime.ApplicationStopping;
            await Task.Delay(Patience, time, stop);
            if (polls.GetValueOrDefault(peer.SpiffeId) != poll || !EdgeId.TryParse(peer.EdgeId, out var id))
            {
                return;
            }

            var elsewhere = await edges.ListContactsAsync(stop);
            var report = (await edges.ListReportsAsync(stop)).FirstOrDefault(one => one.EdgeId == id.Value);
            if (
                report is null
                || report.At > brokenAt
                || (elsewhere.TryGetValue(id.Value, out var heard) && heard > brokenAt)
                || JsonSerializer.Deserialize(report.Body, WireJson.Default.EdgeReport) is not { Leaving: false } last
            )
            {
                return;
            }

            var gone = JsonSerializer.Serialize(last with { Leaving = true }, WireJson.Default.EdgeReport);
            await journal.CommitAsync(new Decision { Statements = [edges.SaveReport(id, brokenAt, gone)] }, stop);
        }
        catch (OperationCanceledException)
        {
            // The service stops: the next node, or the next run, finds out for itself.
        }
        catch (Exception e)
        {
            // Root of a task that is never awaited; the edge appears alive until its silence is long enough.
            Log.LostEdgeNotNoted(logger, e, peer.EdgeId);
        }
    }
}
