using Culvert.Platform.Transparency;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Transparency;

public sealed class MerkleProofTests
{
    [Theory]
    [MemberData(nameof(MerkleVectors.Inclusions), MemberType = typeof(MerkleVectors))]
    public void HasEntry_KnownProof_HoldsForItsEntryAndRootAlone(long index, long size, string[] hashes)
    {
        var proof = Bytes(hashes);
        var entry = MerkleHash.OfEntry(MerkleVectors.Entries[index]);
        var root = Root(size);

        MerkleProof.HasEntry(index, size, entry, root, proof).ShouldBeTrue();

        MerkleProof.HasEntry(index, size, MerkleHash.OfEntry([0xff]), root, proof).ShouldBeFalse();
        MerkleProof.HasEntry(index, size, entry, MerkleHash.OfNothing(), proof).ShouldBeFalse();
        MerkleProof.HasEntry(index + 1, size, entry, root, proof).ShouldBeFalse();
        MerkleProof.HasEntry(-1, size, entry, root, proof).ShouldBeFalse();
        MerkleProof.HasEntry(index, size, entry, root, [.. proof, root]).ShouldBeFalse();
        for (var i = 0; i < proof.Length; i++)
        {
            byte[][] changed = [.. proof];
            changed[i] = [.. changed[i]];
            changed[i][0] ^= 1;
            MerkleProof.HasEntry(index, size, entry, root, changed).ShouldBeFalse();
            MerkleProof.HasEntry(index, size, entry, root, proof[..i]).ShouldBeFalse();
        }
    }

    [Theory]
    [MemberData(nameof(MerkleVectors.Consistencies), MemberType = typeof(MerkleVectors))]
    public void IsContinued_KnownProof_HoldsForItsRootsAlone(long from, long to, string[] hashes)
    {
        var proof = Bytes(hashes);

        MerkleProof.IsContinued(from, to, Root(from), Root(to), proof).ShouldBeTrue();

        MerkleProof.IsContinued(from, to, Root(from), MerkleHash.OfNothing(), proof).ShouldBeFalse();
        MerkleProof.IsContinued(from, to, MerkleHash.OfNothing(), Root(to), proof).ShouldBeFalse();
        MerkleProof.IsContinued(from, to, Root(from), Root(to), [.. proof, Root(to)]).ShouldBeFalse();
        for (var i = 0; i < proof.Length; i++)
        {
            MerkleProof.IsContinued(from, to, Root(from), Root(to), proof[..i]).ShouldBeFalse();
        }
    }

    [Fact]
    public void IsContinued_OfAnEmptyTree_HoldsForItsRootAlone()
    {
        MerkleProof.IsContinued(0, 8, Root(0), Root(8), []).ShouldBeTrue();
        MerkleProof.IsContinued(0, 8, Root(1), Root(8), []).ShouldBeFalse();
        MerkleProof.IsContinued(8, 7, Root(8), Root(7), []).ShouldBeFalse();
        MerkleProof.IsContinued(3, 8, Root(3), Root(8), []).ShouldBeFalse();
    }

    private static byte[] Root(long size) => Convert.FromHexString(MerkleVectors.Roots[size]);

    private static byte[][] Bytes(string[] hashes) => [.. hashes.Select(Convert.FromHexString)];
}
