using System.Text.Json;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Edges;
using Culvert.Identity.Service.Tunnels.Machines;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Reports that a killed edge is gone. An edge always has a poll in progress: if its connection breaks during the poll and
/// it calls no node again shortly after, it is gone. This is stored as its last report, for every node; its next report
/// replaces it.
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
    /// <summary>Handles a broken poll recorded by <see cref="MachineContacts"/>. Returns immediately.</summary>
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
            // The service is stopping: another node, or the next run, detects the loss.
        }
        catch (Exception e)
        {
            // The root of a task that is never awaited; the edge appears alive until its contact times out.
            Log.LostEdgeNotNoted(logger, e, peer.EdgeId);
        }
    }
}
