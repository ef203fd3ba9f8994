using System.Text;

namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>Which part of the inventory a list shows. Each member that is null lets everything pass.</summary>
internal sealed record InventoryFilter
{
    public required string OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? TunnelId { get; init; }

    public string? Route { get; init; }

    public string? Kind { get; init; }

    /// <summary>The subject or the client id of a caller.</summary>
    public string? Caller { get; init; }

    /// <summary>Routes alone.</summary>
    public string? Owner { get; init; }

    /// <summary>Names that no attestation covers, or routes whose attestation is open.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Also of archived tunnels.</summary>
    public bool IncludeArchived { get; init; }

    /// <summary>The conditions on a table that has the columns tunnel_id and route, joined to its tunnel <c>t</c>.</summary>
    /// <param name="table">Its alias.</param>
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
