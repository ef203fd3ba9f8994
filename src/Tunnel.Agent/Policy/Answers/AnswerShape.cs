using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// The answer rules that apply to a call, as one. Where several do, only what all of them let cross crosses.
/// </summary>
internal sealed class AnswerShape
{
    /// <summary>The most answer rules that can apply to one call: a bit each.</summary>
    public const int MaxRules = 64;

    private readonly IReadOnlyList<AnswerRule> rules;

    /// <param name="rules">At least one, and at most <see cref="MaxRules"/>.</param>
    public AnswerShape(IReadOnlyList<AnswerRule> rules)
    {
        this.rules = rules;
        ArgumentOutOfRangeException.ThrowIfZero(rules.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rules.Count, MaxRules);
        All = rules.Count == MaxRules ? ulong.MaxValue : (1UL << rules.Count) - 1;
        var root = Root;
        for (var i = 0; i < rules.Count; i++)
        {
            Add(root, rules[i], 1UL << i);
        }

        root.Complete();
        Text = rules.Min(r => r.Text);
        Detects = rules.Aggregate(default(Detectors), (kinds, rule) => kinds | rule.Detects);
        ReadsTextAsJson = rules.All(r => r.ReadsTextAsJson);
        DropsUnfit = rules.All(r => r.DropsUnfit);
        PassesErrors = rules.All(r => r.PassesErrors);
        PassesNotifications = rules.All(r => r.PassesNotifications);
        MaxBytes = rules.Min(r => r.MaxBytes);
        Approvals = [.. rules.Select(r => r.Approval).OfType<AnswerApproval>()];
        Content = rules.Skip(1).Aggregate(rules[0].Content.ToHashSet(StringComparer.Ordinal), Intersect);
    }

    public ShapeNode Root { get; } = new();

    /// <summary>The bits of all rules.</summary>
    public ulong All { get; }

    public int RowSets { get; private set; }

    public AnswerText Text { get; }

    public Detectors Detects { get; }

    public bool ReadsTextAsJson { get; }

    public bool DropsUnfit { get; }

    public bool PassesErrors { get; }

    public bool PassesNotifications { get; }

    public int MaxBytes { get; }

    public IReadOnlySet<string> Content { get; }

    /// <summary>Which findings wait for a person, in the order of the rules.</summary>
    public IReadOnlyList<AnswerApproval> Approvals { get; }

    /// <summary>
    /// The approval that a finding needs: the first one, and of all that it needs the largest number of approvers; null: none.
    /// </summary>
    /// <param name="parts">As in <see cref="AnswerApproval.Holds(IReadOnlyList{JsonElement}, PrincipalClaims)"/>.</param>
    public AnswerApproval? FindApproval(IReadOnlyList<JsonElement> parts, PrincipalClaims claims)
    {
        AnswerApproval? first = null;
        foreach (var approval in Approvals)
        {
            if (approval.Holds(parts, claims))
            {
                first = first?.WithApprovers(approval.Approval.Approvers) ?? approval;
            }
        }

        return first;
    }

    /// <summary>
    /// Writes what the finding depends on besides the call and the server: the rules, and the claims that they compare.
    /// </summary>
    public void WriteIdentity(Utf8JsonWriter json, PrincipalClaims claims)
    {
        json.WriteStartArray("answer"u8);
        foreach (var rule in rules)
        {
            json.WriteStringValue($"{rule}");
        }

        json.WriteEndArray();
        json.WriteStartObject("claims"u8);
        foreach (var name in rules.SelectMany(rule => rule.Claims).Distinct(StringComparer.Ordinal))
        {
            if (claims.TryFind(name, out var value))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Pointers of the values that cross whole; empty text for the whole structured part.</summary>
    public IEnumerable<string> Fields => FindFields(Root, "", 0);

    /// <summary>Whether a single value at the position crosses if the records that it is in do.</summary>
    public bool LetsCross(AnswerPath at)
    {
        var node = (ShapeNode?)Root;
        var allowed = Root.AllowedBy;
        foreach (var step in at.Steps)
        {
            // Only single values have masked forms, and only arrays have records.
            if (node?.Mask is not null || (node?.Rows.Count > 0 && step is not null))
            {
                return false;
            }

            node = step is null ? node?.Any : node?.Find(Encoding.UTF8.GetBytes(step));
            allowed |= node?.AllowedBy ?? 0;
        }

        return allowed == All && !(node?.Rows.Count > 0);
    }

    private IEnumerable<string> FindFields(ShapeNode node, string at, ulong allowed)
    {
        allowed |= node.AllowedBy;
        if (allowed == All)
        {
            return [at];
        }

        return node.Any is { } any && (allowed | any.AllowedBy) == All
            ? [$"{at}/*"]
            : node
                .Named.SelectMany(n => FindFields(n.Value, $"{at}/{JsonPointer.Escape(n.Key)}", allowed))
                .Concat(node.Any is null ? [] : FindFields(node.Any, $"{at}/*", allowed));
    }

    private void Add(ShapeNode root, AnswerRule rule, ulong bit)
    {
        foreach (var path in rule.Fields ?? [AnswerPath.Whole])
        {
            root.At(path.Steps).AllowedBy |= bit;
        }

        foreach (var mask in rule.Masks)
        {
            root.At(mask.At.Steps).AddMask(mask.Form);
        }

        foreach (var rows in rule.Rows)
        {
            var set = new RowSet(RowSets++, rows.At.Text, rows.Where, rows.Max);
            var array = root.At(rows.At.Steps);
            array.Rows.Add(set);
            foreach (var member in rows.Where?.Members ?? [])
            {
                array.At([null, .. member.At.Names]).Tests.Add(new RowTest(set, member.Bit, member.Conditions));
            }
        }
    }

    private static HashSet<string> Intersect(HashSet<string> content, AnswerRule rule)
    {
        content.IntersectWith(rule.Content);
        return content;
    }
}
