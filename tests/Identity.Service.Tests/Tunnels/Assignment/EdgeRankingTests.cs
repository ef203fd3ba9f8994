using Culvert.Identity.Service.Hosting;
using Culvert.Identity.Service.Tunnels;
using Culvert.Identity.Service.Tunnels.Assignment;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Assignment;

/// <summary>S6: which edges a tunnel is assigned.</summary>
public sealed class EdgeRankingTests
{
    private const int Tunnels = 2_000;

    [Fact]
    public void Choose_AnyInstallation_GivesSoManyDifferentEdges() =>
        Prop.ForAll<PositiveInt, PositiveInt>(
                (count, wanted) =>
                {
                    var (edges, number) = (Edges(count.Get % 20), 1 + (wanted.Get % 6));
                    var chosen = EdgeRanking.Choose("tnl_x", [], edges, number);
                    return chosen.Count == Math.Min(edges.Length, number)
                        && chosen.Distinct().Count() == chosen.Count
                        && chosen.All(id => edges.Any(edge => edge.Id == id));
                }
            )
            .CheckSeeded();

    [Fact]
    public void Choose_InputInAnotherOrder_IsTheSame() =>
        Prop.ForAll<int[]>(keys =>
            {
                var edges = Edges(8);
                var shuffled = edges.OrderBy(edge => keys.ElementAtOrDefault(Array.IndexOf(edges, edge))).Reverse();
                return EdgeRanking
                    .Choose("tnl_x", ["edge_3"], [.. shuffled], 3)
                    .SequenceEqual(EdgeRanking.Choose("tnl_x", ["edge_3"], edges, 3));
            })
            .CheckSeeded();

    [Theory]
    [InlineData(4, 1)]
    [InlineData(9, 1)]
    [InlineData(9, 2)]
    [InlineData(9, 3)]
    public void Choose_OneEdgeMore_MovesTheTunnelsThatItGainsAlone(int count, int number)
    {
        var before = Edges(count);
        EdgeAvailability[] after = [.. before, new EdgeAvailability("edge_new", true)];
        var moved = 0;
        foreach (var id in Ids())
        {
            var (old, now) = (EdgeRanking.Choose(id, [], before, number), EdgeRanking.Choose(id, [], after, number));
            if (old.SequenceEqual(now))
            {
                continue;
            }

            moved++;
            now.Except(old).ShouldBe(["edge_new"]);
            old.Except(now).Count().ShouldBe(1);
        }

        // K of N + 1 of them, give or take what 2,000 tunnels allow.
        var expected = (double)Tunnels * number / (count + 1);
        ((double)moved).ShouldBe(expected, expected * 0.2);
    }

    [Fact]
    public void Choose_EdgesOfAnInstallation_GetAboutTheSameShare()
    {
        var shares = Ids().SelectMany(id => EdgeRanking.Choose(id, [], Edges(5), 2)).CountBy(id => id);

        shares.ShouldAllBe(share => share.Value > Tunnels * 2 / 5 * 0.85 && share.Value < Tunnels * 2 / 5 * 1.15);
    }

    [Fact]
    public void Choose_UnavailableEdge_IsTakenOnlyWhenNoOtherIsLeft()
    {
        EdgeAvailability[] edges = [new("edge_a", false), new("edge_b", true), new("edge_c", true)];

        foreach (var id in Ids().Take(50))
        {
            EdgeRanking.Choose(id, [], edges, 2).ShouldBe(["edge_b", "edge_c"], ignoreOrder: true);
            EdgeRanking.Choose(id, [], edges, 3)[^1].ShouldBe("edge_a");
            EdgeRanking.Choose(id, ["edge_a"], edges, 2).Single().ShouldNotBe("edge_a");
        }
    }

    [Fact]
    public void Choose_Pins_WinOverHashingAndNumber()
    {
        var edges = Edges(6);

        foreach (var id in Ids().Take(50))
        {
            EdgeRanking.Choose(id, ["edge_4"], edges, 2).ShouldBe(["edge_4"]);
            EdgeRanking.Choose(id, ["edge_0", "edge_1", "edge_2"], edges, 1).Count.ShouldBe(3);
        }
    }

    [Fact] // the place of a pinned edge that is archived goes to another one
    public void Choose_PinOfAnEdgeThatIsGone_IsReplaced()
    {
        var chosen = EdgeRanking.Choose("tnl_x", ["edge_gone", "edge_1"], Edges(3), 1);

        chosen.Count.ShouldBe(2);
        chosen[0].ShouldBe("edge_1");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Choose_UpToTwoEdgesAndTheDefault_AreAll(int count) =>
        EdgeRanking.Choose("tnl_x", [], Edges(count), TunnelOptions.DefaultEdgesPerTunnel).Count.ShouldBe(count);

    [Fact] // nodes of different versions must agree
    public void Choose_KnownIds_NeverChanges() =>
        EdgeRanking.Choose("tnl_01", [], Edges(4), 4).ShouldBe(["edge_3", "edge_2", "edge_1", "edge_0"]);

    private static EdgeAvailability[] Edges(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new EdgeAvailability($"edge_{i}", true))];

    private static IEnumerable<string> Ids() => Enumerable.Range(0, Tunnels).Select(i => $"tnl_{i}");
}
