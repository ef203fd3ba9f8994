using System.Collections.Concurrent;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Edges;

namespace Culvert.Identity.Service.Machines;

/// <summary>
/// Writes down in intervals that an edge called, so that every node knows which edges live, and a node that has just
/// started too. Agents have it in their record of the trust bundle.
/// </summary>
internal sealed class EdgeContacts(EdgeStore edges, IJournal journal, Current<AgentOptions> options, TimeProvider time)
{
    // Of registered edges alone: it cannot grow beyond them.
    private readonly ConcurrentDictionary<string, DateTimeOffset> written = new(StringComparer.Ordinal);

    /// <summary>Often enough that a live edge is known to be live on every node, after one missed write too.</summary>
    private TimeSpan Interval
    {
        get
        {
            var current = options.Value;
            var third = current.LiveFor / 3;
            return third < current.FeedWaitMax ? third : current.FeedWaitMax;
        }
    }

    /// <summary>What cannot be written now is written at the next call: the feed continues.</summary>
    public async ValueTask HeardAsync(string edgeId, CancellationToken cancellationToken)
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
            new Decision { Statements = [edges.Heard(edge.Id, now)] },
            cancellationToken
        );
        if (result.IsCommitted)
        {
            written[edgeId] = now;
        }
    }
}
