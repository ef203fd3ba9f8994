using System.Collections.Concurrent;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Edges;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Records periodically that an edge called, so that every node, also one that just started, knows which edges are alive.
/// Agents are recorded with the trust bundle instead.
/// </summary>
internal sealed class EdgeContacts(EdgeStore edges, IJournal journal, Current<AgentOptions> options, TimeProvider time)
{
    // Contains only registered edges, so it is bounded.
    private readonly ConcurrentDictionary<string, DateTimeOffset> written = new(StringComparer.Ordinal);

    /// <summary>Short enough for every node to know that an edge is alive, even after one failed write.</summary>
    private TimeSpan Interval
    {
        get
        {
            var current = options.Value;
            var third = current.LiveFor / 3;
            return third < current.FeedWaitMax ? third : current.FeedWaitMax;
        }
    }

    /// <summary>A failed write is retried at the next call: the feed continues.</summary>
    public async ValueTask RecordContactAsync(string edgeId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (
            (written.TryGetValue(edgeId, out var last) && now - last < Interval)
            || await edges.FindAsync(edgeId, cancellationToken) is not { ArchivedAt: null } edge
        )
        {
            return;
        }

        var result = await journal.CommitAsync(
            new Decision { Statements = [edges.RecordContact(edge.Id, now)] },
            cancellationToken
        );
        if (result.IsCommitted)
        {
            written[edgeId] = now;
        }
    }
}
