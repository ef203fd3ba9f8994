using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels.Machines;

internal sealed class AgentEndpoints(
    TunnelAccess access,
    AgentDirectory directory,
    TunnelEdges edges,
    IAgentEnrollments enrollments,
    AgentDisconnectStore disconnects,
    IJournal journal,
    INoticeOutbox outbox,
    TimeProvider time
)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var found = await access.FindAsync(request, cancellationToken);
        return found.IsOk
            ? ApiAnswer.Json(
                Pages.Whole(
                    await directory.ListAsync(found.Value, await edges.ReadAsync(cancellationToken), cancellationToken)
                ),
                TunnelJson.Default.PageAgentDocument
            )
            : found.Refusal;
    }

    /// <summary>Idempotent: the next feed revokes its certificates at every edge.</summary>
    public async ValueTask<ApiAnswer> RevokeAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        if (!(await access.FindAsync(request, cancellationToken)).TryGet(out var tunnel, out var refused))
        {
            return refused;
        }

        if (await FindAsync(request, tunnel, cancellationToken) is not { } agent)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (agent.RevokedAt is null)
        {
            var refusal = await RevokeAsync(request, tunnel, agent, body.Value.Reason, cancellationToken);
            if (refusal is not null)
            {
                return refusal;
            }
        }

        return await AnswerAsync(tunnel, agent, cancellationToken);
    }

    /// <summary>Every edge closes its present connections; it may reconnect. Each call closes those of its time.</summary>
    public async ValueTask<ApiAnswer> DisconnectAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var body = await ReasonRequest.ReadAsync(request, cancellationToken);
        if (!body.IsOk)
        {
            return body.Refusal;
        }

        if (!(await access.FindLiveAsync(request, cancellationToken)).TryGet(out var tunnel, out var refused))
        {
            return refused;
        }

        if (await FindAsync(request, tunnel, cancellationToken) is not { } agent)
        {
            return RequestErrors.NotFound.Refuse();
        }

        var now = time.GetUtcNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new AgentAudited(
                    AuditEvents.AgentDisconnected,
                    AuditOrigin.From(request, now),
                    tunnel.OrganizationId,
                    agent,
                    body.Value.Reason
                ),
                Statements = [disconnects.Add(tunnel.Id, agent.InstanceId, now)],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        return await AnswerAsync(tunnel, agent, cancellationToken);
    }

    private async ValueTask<AgentEnrollmentRecord?> FindAsync(
        ApiRequest request,
        Tunnel tunnel,
        CancellationToken cancellationToken
    ) =>
        AgentId.TryParse(request.Route("agent_id"), out var id)
        && await enrollments.FindAsync(id.Value, cancellationToken) is { } agent
        && agent.TunnelId == tunnel.Id
            ? agent
            : null;

    private async ValueTask<ApiAnswer> AnswerAsync(
        Tunnel tunnel,
        AgentEnrollmentRecord agent,
        CancellationToken cancellationToken
    )
    {
        var agents = await directory.ListAsync(tunnel, await edges.ReadAsync(cancellationToken), cancellationToken);
        return ApiAnswer.Json(
            agents.Single(document => document.Id == agent.Id.Value),
            TunnelJson.Default.AgentDocument
        );
    }

    private async ValueTask<Refusal?> RevokeAsync(
        ApiRequest request,
        Tunnel tunnel,
        AgentEnrollmentRecord agent,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = new AgentAudited(
                    AuditEvents.AgentRevoked,
                    AuditOrigin.From(request, now),
                    tunnel.OrganizationId,
                    agent,
                    reason
                ),
                Statements =
                [
                    .. enrollments.Revoke(agent.Id, now),
                    .. await outbox.EnqueueAsync(ToNotice(tunnel, agent, now), cancellationToken),
                ],
                Changes = ChangeTopics.Feed,
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        outbox.Wake();
        return null;
    }

    private static SecurityNotice ToNotice(Tunnel tunnel, AgentEnrollmentRecord agent, DateTimeOffset now) =>
        new(
            SecurityNoticeType.AgentRevoked,
            tunnel.OrganizationId,
            SecurityNotice.Opaque(agent.Id.Value),
            [("tunnel_id", tunnel.Id.Value), ("instance_id", agent.InstanceId)],
            now,
            now
        );
}
