namespace Culvert.Platform.Transparency;

/// <summary>Verifies Merkle tree proofs by the algorithms of RFC 9162 §2.1.3.2 and §2.1.4.2.</summary>
public static class MerkleProof
{
    /// <summary>More than any tree of 2^63 entries needs.</summary>
    public const int MaxHashes = 128;

    /// <summary>Whether the tree has this entry at this index (from 0); the proof starts at the entry's sibling.</summary>
    public static bool HasEntry(long index, long size, byte[] entryHash, byte[] root, IReadOnlyList<byte[]> proof)
    {
        if (index < 0 || index >= size || proof.Count > MaxHashes)
        {
            return false;
        }

        var (at, last) = (index, size - 1);
        var hash = entryHash;
        foreach (var sibling in proof)
        {
            if (last == 0 || sibling.Length != MerkleHash.Length)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                hash = MerkleHash.OfNode(sibling, hash);
                SkipMissingLevels(ref at, ref last);
            }
            else
            {
                hash = MerkleHash.OfNode(hash, sibling);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && hash.AsSpan().SequenceEqual(root);
    }

    /// <summary>Whether the larger tree continues the smaller one. The proof has the order of RFC 6962 §2.1.2.</summary>
    public static bool IsContinued(long from, long to, byte[] fromRoot, byte[] toRoot, IReadOnlyList<byte[]> proof)
    {
        if (from < 0 || from > to || proof.Count > MaxHashes || proof.Any(hash => hash.Length != MerkleHash.Length))
        {
            return false;
        }

        if (from == to)
        {
            return proof.Count == 0 && fromRoot.AsSpan().SequenceEqual(toRoot);
        }

        if (from == 0)
        {
            return proof.Count == 0 && fromRoot.AsSpan().SequenceEqual(MerkleHash.OfNothing());
        }

        // If the size is a power of two, the smaller tree is itself a node of the larger one, so the proof omits it.
        return LeadsTo(from - 1, to - 1, fromRoot, toRoot, long.IsPow2(from) ? [fromRoot, .. proof] : proof);
    }

    private static bool LeadsTo(
        long fromLast,
        long toLast,
        ReadOnlySpan<byte> fromRoot,
        ReadOnlySpan<byte> toRoot,
        IReadOnlyList<byte[]> path
    )
    {
        if (path.Count == 0)
        {
            return false;
        }

        var (at, last) = (fromLast, toLast);
        while ((at & 1) == 1)
        {
            (at, last) = (at >> 1, last >> 1);
        }

        var (fromHash, toHash) = (path[0], path[0]);
        foreach (var hash in path.Skip(1))
        {
            if (last == 0)
            {
                return false;
            }

            if ((at & 1) == 1 || at == last)
            {
                (fromHash, toHash) = (MerkleHash.OfNode(hash, fromHash), MerkleHash.OfNode(hash, toHash));
                SkipMissingLevels(ref at, ref last);
            }
            else
            {
                toHash = MerkleHash.OfNode(toHash, hash);
            }

            (at, last) = (at >> 1, last >> 1);
        }

        return last == 0 && fromRoot.SequenceEqual(fromHash) && toRoot.SequenceEqual(toHash);
    }

    // The last entry of a tree has no sibling on levels where its subtree is incomplete.
    private static void SkipMissingLevels(ref long at, ref long last)
    {
        while ((at & 1) == 0 && at != 0)
        {
            (at, last) = (at >> 1, last >> 1);
        }
    }
}
