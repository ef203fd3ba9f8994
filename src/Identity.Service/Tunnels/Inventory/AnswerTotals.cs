namespace Culvert.Identity.Service.Tunnels.Inventory;

/// <summary>What answer rules did to the answers of calls, where they are enforced.</summary>
/// <param name="Judged">The calls whose answers were judged.</param>
/// <param name="RowsCrossed">The records that callers got.</param>
/// <param name="RowsKeptInside">The records that did not cross.</param>
/// <param name="ValuesRemoved">Other values that did not cross.</param>
/// <param name="Withheld">The answers of which nothing crossed.</param>
internal sealed record AnswerTotals(
    long Judged,
    long RowsCrossed,
    long RowsKeptInside,
    long ValuesRemoved,
    long Withheld
)
{
    public AnswerTotals? UnlessNone() => Judged > 0 ? this : null;
}
