using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;

namespace Culvert.Identity.Service.Tunnels.Machines;

/// <param name="TunnelId">Only this tunnel, also an archived one; null = all unarchived ones.</param>
/// <param name="State">Null = any.</param>
internal sealed record AgentQuery(string? TunnelId, string? State, AgentPlace After, int Limit)
{
    private const string Live = "live";
    private const string Offline = "offline";
    private const string Revoked = "revoked";

    /// <summary>The refusal names the bad parameter.</summary>
    public static Result<AgentQuery> Read(ApiRequest request)
    {
        var limit = PageRequest.ReadLimit(request);
        if (!limit.IsOk)
        {
            return limit.Refusal;
        }

        var state = request.Query("state");
        if (state is not (null or Live or Offline or Revoked))
        {
            return RequestErrors.Invalid.Refuse("state: live, offline or revoked is required.");
        }

        var after = AgentPlace.Start;
        return request.Query("page") is { } cursor && !AgentPlace.TryRead(cursor, out after)
            ? PageRequest.InvalidCursor()
            : new AgentQuery(request.Query("tunnel_id"), state, after, limit.Value);
    }

    public bool Matches(AgentDocument agent) => State is null || State == GetState(agent);

    private static string GetState(AgentDocument agent) =>
        agent.RevokedAt is not null ? Revoked
        : agent.Live ? Live
        : Offline;
}
