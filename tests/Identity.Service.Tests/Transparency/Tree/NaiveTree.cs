using System.Numerics;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Tests.Transparency.Tree;

/// <summary>RFC 6962 §2.1 word for word, over all entries.</summary>
internal static class NaiveTree
{
    public static byte[] Root(ReadOnlySpan<byte[]> entries) =>
        entries.Length switch
        {
            0 => MerkleHash.OfNothing(),
            1 => MerkleHash.OfEntry(entries[0]),
            _ => MerkleHash.OfNode(Root(entries[..Left(entries)]), Root(entries[Left(entries)..])),
        };

    public static IEnumerable<byte[]> Path(int index, byte[][] entries)
    {
        if (entries.Length == 1)
        {
            return [];
        }

        var left = Left(entries);
        return index < left
            ? Path(index, entries[..left]).Append(Root(entries.AsSpan(left)))
            : Path(index - left, entries[left..]).Append(Root(entries.AsSpan(0, left)));
    }

    public static IEnumerable<byte[]> Proof(int from, byte[][] entries) =>
        from == 0 ? [] : Proof(from, entries, isComplete: true);

    private static IEnumerable<byte[]> Proof(int from, byte[][] entries, bool isComplete)
    {
        if (from == entries.Length)
        {
            return isComplete ? [] : [Root(entries)];
        }

        var left = Left(entries);
        return from <= left
            ? Proof(from, entries[..left], isComplete).Append(Root(entries.AsSpan(left)))
            : Proof(from - left, entries[left..], isComplete: false).Append(Root(entries.AsSpan(0, left)));
    }

    private static int Left(ReadOnlySpan<byte[]> entries) => 1 << BitOperations.Log2((uint)(entries.Length - 1));
}
