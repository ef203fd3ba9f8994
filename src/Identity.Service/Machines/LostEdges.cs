using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Says for an edge that was killed what it could not say itself: that it is gone. An edge always has a poll under way, so
/// one whose connection breaks in the middle of it, and that calls no node again in a moment, is not there any more. It is
/// written down as its last report, for every node to see; its next word takes the place of that.
/// </summary>
internal sealed class LostEdges(
    EdgeStore edges,
    MachineContacts contacts,
    IJournal journal,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<LostEdges> logger
)
{
    /// <summary>A poll broke, as <see cref="MachineContacts"/> has noted. Returns at once.</summary>
    public void OnBroken(MachinePeer peer)
    {
        if (contacts.FindBroken(peer.SpiffeId) is { } brokenAt)
        {
            _ = NoteAsync(peer, brokenAt);
        }
    }

    private async Task NoteAsync(MachinePeer peer, DateTimeOffset brokenAt)
    {
        try
        {
            var stop = lifetime.ApplicationStopping;
            await Task.Delay(MachineContacts.Patience, time, stop);
            if (contacts.FindBroken(peer.SpiffeId) != brokenAt || !EdgeId.TryParse(peer.EdgeId, out var id))
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
