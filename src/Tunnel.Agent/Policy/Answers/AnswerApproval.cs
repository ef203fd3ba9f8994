using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>The key <c>approve</c> of an answer rule: findings that cross only after a person has approved them.</summary>
/// <param name="rule">The name of the rule.</param>
/// <param name="when">A condition on the finding, in whose pointers <c>*</c> is every element or member; null: every finding.</param>
/// <param name="approval">Its pointers are those of values in the finding.</param>
internal sealed class AnswerApproval(string rule, RowCondition? when, RuleApproval approval)
{
    public string Rule => rule;

    public RowCondition? When => when;

    public RuleApproval Approval => approval;

    /// <param name="approvers">Counts if it is larger than the number of approvers here.</param>
    public AnswerApproval WithApprovers(int approvers) =>
        new(rule, when, approval with { Approvers = Math.Max(approvers, approval.Approvers) });

    /// <summary>
    /// Whether the finding must wait: a compared value is as the condition says, or cannot be compared. A finding without a
    /// structured part waits always.
    /// </summary>
    /// <param name="parts">The structured part; those of several resources; or none.</param>
    public bool Holds(IReadOnlyList<JsonElement> parts, PrincipalClaims claims)
    {
        if (When is null || parts.Count == 0)
        {
            return true;
        }

        var members = 0UL;
        foreach (var member in When.Members)
        {
            foreach (var part in parts)
            {
                members |= Holds(member, part, claims) ? 1UL << member.Bit : 0;
            }
        }

        return When.Holds(members);
    }

    /// <summary>The values that it compares.</summary>
    public IEnumerable<JsonPointer> Compared => When?.Members.Select(member => member.At) ?? [];

    /// <summary>All values that it compares or shows.</summary>
    public IEnumerable<JsonPointer> Pointers => Compared.Concat(Approval.Shown);

    public string Describe() =>
        $"{Approval.DescribeApprovers()}, {(When is null ? "for every finding" : $"where {When.Describe()}")}";

    public override string ToString() => $"{When}\u0006{Approval}";

    private static bool Holds(RowMember member, JsonElement part, PrincipalClaims claims)
    {
        var found = new List<JsonElement>();
        var holds = !member.At.FindAll(part, found);
        foreach (var value in found)
        {
            holds |= Holds(member.Conditions, value, claims);
        }

        return holds;
    }

    private static bool Holds(IReadOnlyList<ValueCondition> conditions, JsonElement value, PrincipalClaims claims)
    {
        var holds = value.ValueKind != JsonValueKind.Null;
        foreach (var condition in holds ? conditions : [])
        {
            if (!CanDecide(condition, value, claims))
            {
                return true;
            }

            holds &= condition.Matches(value, claims);
        }

        return holds;
    }

    private static bool CanDecide(ValueCondition condition, JsonElement value, PrincipalClaims claims)
    {
        foreach (var name in condition.Claims)
        {
            if (!claims.TryFind(name, out _))
            {
                return false;
            }
        }

        return condition is TypeCondition || (condition.Kinds & GetKind(value)) != 0;
    }

    // A number whose exponent is too long counts as an object: neither can be compared.
    private static ValueKinds GetKind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => ValueKinds.Text,
            JsonValueKind.Number when JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out _) =>
                ValueKinds.Number,
            JsonValueKind.True or JsonValueKind.False => ValueKinds.Boolean,
            JsonValueKind.Array => ValueKinds.Array,
            _ => ValueKinds.Object,
        };
}
