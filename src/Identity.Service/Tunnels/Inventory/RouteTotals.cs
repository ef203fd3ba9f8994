namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class RouteTotals
{
    public static readonly RouteTotals None = new();

    public string TunnelId { get; init; } = "";

    public string Route { get; init; } = "";

    public long Names { get; init; }

    public long UnsanctionedNames { get; init; }

    public long Calls { get; init; }

    public long Denied { get; init; }

    /// <summary>0 = never.</summary>
    public long LastCalledAtMs { get; init; }

    public long AnswersJudged { get; init; }

    public long RowsCrossed { get; init; }

    public long RowsKeptInside { get; init; }

    public long ValuesRemoved { get; init; }

    public long AnswersWithheld { get; init; }

    public long Callers { get; set; }
}
