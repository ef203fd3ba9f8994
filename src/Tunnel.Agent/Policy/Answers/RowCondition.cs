using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Decides whether a record of an answer crosses. The members that it compares are found while the record is read; each
/// sets its bit if all of its conditions are true. A member that is missing, or that is an object or an array, sets none.
/// </summary>
internal sealed class RowCondition
{
    /// <summary>The most members that one condition compares: a bit each.</summary>
    public const int MaxMembers = 64;

    private readonly bool isAny;
    private readonly IReadOnlyList<RowCondition> parts;
    private readonly RowMember? member;

    private RowCondition(bool isAny, IReadOnlyList<RowCondition> parts, RowMember? member) =>
        (this.isAny, this.parts, this.member) = (isAny, parts, member);

    public static RowCondition From(RowMember member) => new(isAny: false, [], member);

    public static RowCondition All(IReadOnlyList<RowCondition> parts) => new(isAny: false, parts, null);

    public static RowCondition Any(IReadOnlyList<RowCondition> parts) => new(isAny: true, parts, null);

    /// <summary>All compared members, in the order of their bits.</summary>
    public IEnumerable<RowMember> Members => member is null ? parts.SelectMany(p => p.Members) : [member];

    /// <param name="members">A bit for each member whose conditions are true.</param>
    public bool Holds(ulong members)
    {
        if (member is not null)
        {
            return (members & (1UL << member.Bit)) != 0;
        }

        foreach (var part in parts)
        {
            if (part.Holds(members) == isAny)
            {
                return isAny;
            }
        }

        return !isAny;
    }

    /// <summary>The condition as a person reads it.</summary>
    public string Describe() =>
        member is not null
            ? member.Describe()
            : string.Join(
                isAny ? " or " : " and ",
                parts.Select(p => p.parts.Count > 1 ? $"({p.Describe()})" : p.Describe())
            );

    public override string ToString() =>
        member is not null ? member.ToString() : $"{(isAny ? "any" : "all")}({string.Join('\u0003', parts)})";
}

/// <summary>A member of a record and what is required of its value.</summary>
/// <param name="Bit">Its number within the condition of the rows.</param>
/// <param name="At">Its position within the record.</param>
internal sealed record RowMember(int Bit, JsonPointer At, IReadOnlyList<ValueCondition> Conditions)
{
    public string Describe() => $"{At} {string.Join(" and ", Conditions.Select(c => c.Describe()))}";

    public override string ToString() => $"{At} {string.Join('\u0001', Conditions.Select(c => $"{c.Key}={c}"))}";
}
