using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Assignment;

namespace Culvert.Identity.Service.Tunnels.Edges;

internal sealed class EdgeRegistry(EdgeStore edges, AssignmentStore assignments, IJournal journal, TimeProvider time)
{
    public async ValueTask<Result<Edge>> CreateAsync(
        OperationContext context,
        CreateEdgeRequest wanted,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetStoreNow();
        var edge = new Edge
        {
            Id = EdgeId.New(),
            Name = wanted.Name,
            Addresses = [.. wanted.Addresses.Select(address => address!)],
            DnsNames = [.. (wanted.DnsNames ?? []).Select(name => name!)],
            CreatedAt = now,
        };
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = EdgeEvents.Created(context.OriginAt(now), context.Caller.OrganizationId, edge),
                Statements = [assignments.InsertAvailabilityChanges(edge.Id, now), edges.Insert(edge)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted() is { } refusal ? refusal : edge;
    }

    /// <summary>Idempotent: drains its agents and clients to other edges, or resumes.</summary>
    public async ValueTask<Result<Edge>> SetDrainingAsync(
        OperationContext context,
        Edge edge,
        bool draining,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (edge.ArchivedAt is not null)
        {
            return TunnelErrors.EdgeArchived.Refuse();
        }

        if (edge.DrainingAt is not null == draining)
        {
            return edge;
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = EdgeEvents.Changed(
                    draining ? AuditEvents.EdgeDrained : AuditEvents.EdgeResumed,
                    context.OriginAt(now),
                    context.Caller.OrganizationId,
                    edge,
                    reason
                ),
                Statements =
                [
                    assignments.InsertAvailabilityChanges(edge.Id, now),
                    edges.SetDraining(edge.Id, draining ? now : null),
                ],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        // Read again: an earlier caller set the time.
        return (await edges.FindAsync(edge.Id.Value, cancellationToken))!;
    }

    /// <summary>Idempotent. Agents leave it, and its certificate is refused from now on.</summary>
    public async ValueTask<Result<Edge>> ArchiveAsync(
        OperationContext context,
        Edge edge,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (edge.ArchivedAt is not null)
        {
            return edge;
        }

        var now = time.GetStoreNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = EdgeEvents.Changed(
                    AuditEvents.EdgeArchived,
                    context.OriginAt(now),
                    context.Caller.OrganizationId,
                    edge,
                    reason
                ),
                Statements = [assignments.InsertAvailabilityChanges(edge.Id, now), EdgeStore.Archive(edge.Id, now)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (!result.IsStale && result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        return (await edges.FindAsync(edge.Id.Value, cancellationToken))!;
    }
}
