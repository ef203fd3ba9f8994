namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>The records that one rule selects: a condition and a maximum.</summary>
/// <param name="Id">Its number among the sets of a shape.</param>
internal sealed record RowSet(int Id, string At, RowCondition? Where, int Max)
{
    public bool Holds(ulong members) => Where?.Holds(members) ?? true;
}
