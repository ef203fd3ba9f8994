namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Which records of an array cross.</summary>
/// <param name="At">The array.</param>
/// <param name="Where">Null: all records.</param>
/// <param name="Max">The most records that cross; 0 = no limit.</param>
internal sealed record RowRule(AnswerPath At, RowCondition? Where, int Max)
{
    public override string ToString() => $"{At} {Where} {Max}";
}
