using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;
using Culvert.Tunnel.Agent.Policy.Arguments;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// What the rules say of a value at one position of an answer, and of the values below it. The rules of a call are bits:
/// a value crosses if all of them allow it.
/// </summary>
internal sealed class ShapeNode
{
    private readonly Dictionary<string, ShapeNode> named = new(StringComparer.Ordinal);
    private (byte[] Name, ShapeNode Node)[] members = [];
    private string[] compared = [];

    /// <summary>The rules that allow the whole value.</summary>
    public ulong AllowedBy { get; set; }

    /// <summary>The rules that allow this value or one below it.</summary>
    public ulong AllowedWithin { get; private set; }

    public MaskForm? Mask { get; private set; }

    /// <summary>The conditions of the records, if the value is an array of records.</summary>
    public List<RowSet> Rows { get; } = [];

    public List<RowTest> Tests { get; } = [];

    /// <summary>Whether a value below it is compared, so that it must be read even if it does not cross.</summary>
    public bool TestsWithin { get; private set; }

    /// <summary>The node of elements, and of members without a node of their own; null for none.</summary>
    public ShapeNode? Any { get; private set; }

    /// <summary>The nodes that only members with their names have.</summary>
    public IEnumerable<KeyValuePair<string, ShapeNode>> Named => named;

    public ShapeNode? Find(ReadOnlySpan<byte> name)
    {
        foreach (var (known, node) in members)
        {
            if (name.SequenceEqual(known))
            {
                return node;
            }
        }

        return Any;
    }

    /// <summary>Whether a lenient reader could take the name for that of a compared member.</summary>
    public bool IsLikeCompared(ReadOnlySpan<byte> name) => compared.Length > 0 && MemberNames.IsVariant(name, compared);

    /// <summary>The node at a path, which is created if it does not exist.</summary>
    public ShapeNode At(IEnumerable<string?> steps)
    {
        var node = this;
        foreach (var step in steps)
        {
            if (step is null)
            {
                node = node.Any ??= new ShapeNode();
            }
            else
            {
                node.named.TryAdd(step, new ShapeNode());
                node = node.named[step];
            }
        }

        return node;
    }

    // Two rules that mask differently leave nothing of the value.
    public void AddMask(MaskForm form) => Mask = Mask is null || Mask == form ? form : MaskForm.Text;

    /// <summary>
    /// Prepares the tree for reading, once it is complete: a member with a node of its own also has what <c>*</c> says.
    /// </summary>
    public void Complete()
    {
        foreach (var node in named.Values)
        {
            if (Any is not null)
            {
                node.Add(Any);
            }

            node.Complete();
        }

        Any?.Complete();
        ShapeNode[] below = [.. named.Values, .. Any is null ? Array.Empty<ShapeNode>() : [Any]];
        AllowedWithin = below.Aggregate(AllowedBy, (bits, node) => bits | node.AllowedWithin);
        TestsWithin = Tests.Count > 0 || below.Any(node => node.TestsWithin);
        compared = [.. named.Where(n => n.Value.TestsWithin).Select(n => n.Key)];
        members = [.. named.Select(n => (Encoding.UTF8.GetBytes(n.Key), n.Value))];
    }

    private void Add(ShapeNode other)
    {
        AllowedBy |= other.AllowedBy;
        Rows.AddRange(other.Rows);
        Tests.AddRange(other.Tests);
        if (other.Mask is { } mask)
        {
            AddMask(mask);
        }

        foreach (var (name, node) in other.named)
        {
            At([name]).Add(node);
        }

        if (other.Any is not null)
        {
            At([null]).Add(other.Any);
        }
    }
}

/// <summary>A member that the condition of a record compares.</summary>
/// <param name="Set">The records; the member's bit is set in their state.</param>
internal sealed record RowTest(RowSet Set, int Bit, IReadOnlyList<ValueCondition> Conditions);
