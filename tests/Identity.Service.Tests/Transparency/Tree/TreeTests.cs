using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Transparency.Tree;
using Culvert.Platform.Transparency;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency.Tree;

/// <summary>Roots and proofs from tiles are those that RFC 6962 defines over all entries.</summary>
public sealed class TreeTests
{
    private readonly Dictionary<TileId, byte[]> tiles = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Proofs_OfEverySizeTo300_AreThoseOfTheWholeTree()
    {
        const int Most = 300;
        var entries = Entries(Most);
        var roots = new byte[Most + 1][];
        for (var size = 0; size <= Most; size++)
        {
            roots[size] = NaiveTree.Root(entries.AsSpan(0, size));
            (await AppendAsync(size, entries.AsMemory(size, size < Most ? 1 : 0))).ShouldBe(
                size < Most ? NaiveTree.Root(entries.AsSpan(0, size + 1)) : roots[size]
            );
        }

        for (var size = 1; size <= Most; size++)
        {
            var reader = Reader();
            foreach (var index in Places(size - 1))
            {
                var proof = await reader.InclusionAsync(index, size, Token);
                proof.ShouldBe(NaiveTree.Path(index, entries[..size]));
                MerkleProof
                    .HasEntry(index, size, MerkleHash.OfEntry(entries[index]), roots[size], proof)
                    .ShouldBeTrue();
            }

            foreach (var from in Places(size))
            {
                var proof = await reader.ConsistencyAsync(from, size, Token);
                proof.ShouldBe(NaiveTree.Proof(from, entries[..size]));
                MerkleProof.IsContinued(from, size, roots[from], roots[size], proof).ShouldBeTrue();
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Proofs_OfALargeTreeAddedInRandomParts_Hold(int seed)
    {
        var random = new Random(seed);
        var entries = Entries(65_000 + random.Next(3_000));
        List<int> sizes = [0];
        while (sizes[^1] < entries.Length)
        {
            var next = Math.Min(entries.Length, sizes[^1] + 1 + random.Next(3_000));
            await AppendAsync(sizes[^1], entries.AsMemory(sizes[^1]..next));
            sizes.Add(next);
        }

        var root = NaiveTree.Root(entries);
        (await Reader().RootAsync(entries.Length, Token)).ShouldBe(root);
        foreach (var size in sizes.Skip(1).Where((_, i) => i % 7 == 0))
        {
            var earlier = NaiveTree.Root(entries.AsSpan(0, size));
            var proof = await Reader().ConsistencyAsync(size, entries.Length, Token);
            MerkleProof.IsContinued(size, entries.Length, earlier, root, proof).ShouldBeTrue();
            var index = random.Next(size);
            var path = await Reader().InclusionAsync(index, size, Token);
            MerkleProof.HasEntry(index, size, MerkleHash.OfEntry(entries[index]), earlier, path).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Tiles_OfTheExampleOfTheSpecification_HaveItsWidths()
    {
        await AppendAsync(0, Entries(70_000));

        Width(0, 272).ShouldBe(256);
        Width(0, 273).ShouldBe(112);
        Width(1, 0).ShouldBe(256);
        Width(1, 1).ShouldBe(17);
        Width(2, 0).ShouldBe(1);
        tiles.Count.ShouldBe(274 + 2 + 1);
    }

    [Fact]
    public async Task Root_TileIsMissing_IsAnErrorOfTheStore()
    {
        await AppendAsync(0, Entries(300));
        tiles.Remove(new TileId(0, 1));

        await Should.ThrowAsync<StoreException>(async () => await Reader().RootAsync(300, Token));
        await Should.ThrowAsync<StoreException>(async () => await AppendAsync(300, Entries(1)));
    }

    private int Width(int level, long number) => tiles[new TileId(level, number)].Length / MerkleHash.Length;

    private static IEnumerable<int> Places(int last) =>
        new[] { 0, 1, last / 3, last / 2, last - 1, last, 255, 256 }.Where(at => at >= 0 && at <= last).Distinct();

    private TreeReader Reader() => new(ReadAsync);

    private ValueTask<byte[]?> ReadAsync(TileId id, CancellationToken cancellationToken) =>
        new(tiles.GetValueOrDefault(id));

    private async Task<byte[]> AppendAsync(long size, ReadOnlyMemory<byte[]> entries)
    {
        var appender = await TreeAppender.ContinueAsync(size, ReadAsync, Token);
        foreach (var entry in entries.ToArray())
        {
            appender.Add(MerkleHash.OfEntry(entry));
        }

        var root = await appender.FinishAsync(Token);
        foreach (var (id, hashes) in appender.Changed)
        {
            tiles[id] = hashes;
        }

        return root;
    }

    private static byte[][] Entries(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes(i.ToString(CultureInfo.InvariantCulture)))];
}
