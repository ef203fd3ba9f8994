using System.Numerics;

namespace Culvert.Identity.Service.Transparency.Tree;

/// <summary>
/// Entries from <paramref name="Start"/> up to, but excluding, <paramref name="End"/>, which RFC 6962 hashes as one subtree.
/// </summary>
internal readonly record struct TreeRange(long Start, long End)
{
    private long Count => End - Start;

    // RFC 6962 §2.1: the left part is the largest power of two that is smaller than the whole.
    private long Middle => Start + (1L << BitOperations.Log2((ulong)(Count - 1)));

    /// <summary>Its complete subtrees, from left to right, in descending size.</summary>
    public IEnumerable<TreeNode> Nodes()
    {
        for (var at = Start; at < End; )
        {
            var level = BitOperations.Log2((ulong)(End - at));
            yield return new TreeNode(level, at >> level);
            at += 1L << level;
        }
    }

    /// <summary>The subtrees whose hashes prove that an entry is in the tree of that size (§2.1.1), in order.</summary>
    public static IReadOnlyList<TreeRange> ForInclusion(long index, long size)
    {
        List<TreeRange> path = [];
        for (var range = new TreeRange(0, size); range.Count > 1; )
        {
            var middle = range.Middle;
            var (left, right) = (range with { End = middle }, range with { Start = middle });
            path.Add(index < middle ? right : left);
            range = index < middle ? left : right;
        }

        path.Reverse();
        return path;
    }

    /// <summary>The subtrees whose hashes prove that one tree extends the other (§2.1.2), in order.</summary>
    public static IReadOnlyList<TreeRange> ForConsistency(long from, long to)
    {
        if (from == 0 || from == to)
        {
            return [];
        }

        List<TreeRange> path = [];
        var range = new TreeRange(0, to);
        while (range.End != from)
        {
            var middle = range.Middle;
            var (left, right) = (range with { End = middle }, range with { Start = middle });
            path.Add(from <= middle ? right : left);
            range = from <= middle ? left : right;
        }

        if (range.Start != 0)
        {
            path.Add(range); // otherwise it is the whole smaller tree, whose root the verifier has
        }

        path.Reverse();
        return path;
    }
}
