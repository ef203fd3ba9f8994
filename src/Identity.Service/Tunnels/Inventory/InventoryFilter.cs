using System.Text;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>Filters of the inventory; a null member does not restrict.</summary>
internal sealed record InventoryFilter
{
    public required string OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? TunnelId { get; init; }

    public string? Route { get; init; }

    public string? Kind { get; init; }

    /// <summary>The subject or the client id of a caller.</summary>
    public string? Caller { get; init; }

    /// <summary>Only for routes.</summary>
    public string? Owner { get; init; }

    /// <summary>Names that no attestation covers, or routes whose attestation is due.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Names that the policy showed to a caller, or of which it allowed calls.</summary>
    public bool IsReachable { get; init; }

    public bool IncludeArchived { get; init; }

    /// <summary>The conditions on a table with the columns tunnel_id and route, joined to its tunnel <c>t</c>.</summary>
    public string ToSql(string table)
    {
        var sql = new StringBuilder("t.organization_id = @OrganizationId");
        Add(WorkspaceId, "t.workspace_id = @WorkspaceId");
        Add(TunnelId, "t.id = @TunnelId");
        Add(Route, $"{table}.route = @Route");
        return IncludeArchived ? sql.ToString() : sql.Append(" AND t.archived_at_ms IS NULL").ToString();

        void Add(string? value, string condition)
        {
            if (value is not null)
            {
                sql.Append(" AND ").Append(condition);
            }
        }
    }
}
