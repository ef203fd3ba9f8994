using Culvert.Identity.Service.Federation.Rules.Conditions;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

internal sealed class CelReads
{
    private readonly SortedDictionary<string, ClaimPath> paths = new(StringComparer.Ordinal);

    private CelReads() { }

    /// <summary>
    /// Every claim that the expression names, once each. A nested claim counts as itself; a claim with a computed name
    /// counts as the claim that contains it.
    /// </summary>
    public IReadOnlyCollection<ClaimPath> Claims => paths.Values;

    /// <summary>The expression may read any claim: a name is computed, or <c>claims</c> is used as a whole.</summary>
    public bool IsUnbounded { get; private set; }

    /// <summary>The expression reads the names of the person's groups.</summary>
    public bool ReadsGroupNames { get; private set; }

    /// <summary>The expression reads the person's groups, by name or by id.</summary>
    public bool ReadsGroups { get; private set; }

    public static CelReads Find(CelNode root)
    {
        var reads = new CelReads();
        reads.Visit(root);
        return reads;
    }

    /// <summary>The names on the path from <c>claims</c> to this node; null if it is not such a path.</summary>
    public static IReadOnlyList<string>? FindPath(CelNode node) =>
        node switch
        {
            CelClaimsVariable => [],
            CelSelect select when FindPath(select.Operand) is { } outer => [.. outer, select.Field],
            CelIndex { Index: CelLiteral { Value: string name } } index when FindPath(index.Operand) is { } outer =>
            [
                .. outer,
                name,
            ],
            _ => null,
        };

    private void Visit(CelNode node)
    {
        if (FindPath(node) is { } path)
        {
            Add(path);
            return;
        }

        if (node is CelGroups groups)
        {
            ReadsGroups = true;
            ReadsGroupNames |= !groups.IsIds;
            return;
        }

        // 'a' in claims reads only a.
        if (
            node is CelBinary
            {
                Operation: CelOperator.In,
                Left: CelLiteral { Value: string name },
                Right: CelClaimsVariable
            }
        )
        {
            Add([name]);
            return;
        }

        foreach (var child in node.Children)
        {
            Visit(child);
        }
    }

    private void Add(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            IsUnbounded = true;
            return;
        }

        var path = ClaimPath.From(names);
        paths[path.Pointer] = path;
    }
}
