using System.Text;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>A filter for lists of approval requests. Null or empty members match everything.</summary>
internal sealed record CallApprovalFilter
{
    public required string OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? TunnelId { get; init; }

    /// <summary>From <see cref="CallApprovalState.All"/>.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>The conditions on <c>call_approvals a</c>, joined to its tunnel <c>t</c>.</summary>
    /// <remarks><c>@States</c> has a comma before and after each state; <c>@Now</c> decides what has expired.</remarks>
    public string ToSql()
    {
        var sql = new StringBuilder("t.organization_id = @OrganizationId");
        Add(WorkspaceId is not null, "t.workspace_id = @WorkspaceId");
        Add(TunnelId is not null, "a.tunnel_id = @TunnelId");
        Add(
            States.Count > 0,
            "@States LIKE '%,' || "
                + "CASE WHEN a.state <> 'used' AND a.expires_at_ms <= @Now THEN 'expired' ELSE a.state END || ',%'"
        );
        return sql.ToString();

        void Add(bool isSet, string condition)
        {
            if (isSet)
            {
                sql.Append(" AND ").Append(condition);
            }
        }
    }
}
