using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Transparency.Checkpoints;

/// <summary><c>GET /v1/transparency/agent_checkpoints</c>: the checkpoints of a tunnel's agents, newest first.</summary>
internal sealed class AgentCheckpointEndpoints(AgentCheckpointStore store)
{
    public async ValueTask<ApiAnswer> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (request.Query("tunnel_id") is not { } tunnel)
        {
            return RequestErrors.Invalid.Refuse("tunnel_id: the ID of a tunnel is required.");
        }

        if (!PageRequest.Read(request, "agent_checkpoints").TryGet(out var page, out var refusal))
        {
            return refusal;
        }

        var found = await store.ListAsync(
            request.Caller.OrganizationId,
            tunnel,
            request.Query("instance_id"),
            page.Before,
            page.Limit + 1,
            cancellationToken
        );
        return ApiAnswer.Json(
            page.Cut(found, checkpoint => checkpoint.Ordinal).Select(AgentCheckpointDocument.From),
            TransparencyJson.Default.PageAgentCheckpointDocument
        );
    }
}
