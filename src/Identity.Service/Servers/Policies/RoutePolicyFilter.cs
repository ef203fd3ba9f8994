using System.Text;

namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>A filter for lists of versions. Null or empty members match everything.</summary>
internal sealed record RoutePolicyFilter
{
    public required string TunnelId { get; init; }

    public string? Hostname { get; init; }

    /// <summary>From <see cref="RoutePolicyState.All"/>.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>The conditions on <c>route_policies p</c>; <c>@States</c> has a comma before and after each state.</summary>
    public string ToSql()
    {
        var sql = new StringBuilder("p.tunnel_id = @TunnelId");
        if (Hostname is not null)
        {
            sql.Append(" AND p.hostname = @Hostname");
        }

        if (States.Count > 0)
        {
            sql.Append(" AND @States LIKE '%,' || p.state || ',%'");
        }

        return sql.ToString();
    }
}
