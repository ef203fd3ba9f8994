using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.BundleRules;

/// <summary>Every state that the protocol can reach, in worlds that are small enough to visit all of them.</summary>
public sealed class BundleModelTests
{
    [Theory]
    [InlineData(1, 1, "B", true)]
    [InlineData(1, 0, "BC", false)]
    [InlineData(0, 1, "BC", true)]
    public void EveryState_IsSafeAndCanBeFinishedOrTakenBack(
        int agents,
        int relyingParties,
        string authorities,
        bool withOverrides
    ) => Explore(agents, relyingParties, authorities, withOverrides);

    /// <summary>Larger worlds, for the long form: some hundred thousand states.</summary>
    [Theory]
    [InlineData(1, 1, "BC", false)]
    [InlineData(2, 0, "B", true)]
    [Trait(Soak.Name, "rotation")]
    public void LargerWorlds_AreSafeToo(int agents, int relyingParties, string authorities, bool withOverrides)
    {
        if (Soak.Rounds("rotation", shortForm: 0, full: 1) > 0)
        {
            Explore(agents, relyingParties, authorities, withOverrides);
        }
    }

    private static void Explore(int agents, int relyingParties, string authorities, bool withOverrides)
    {
        var begin = BundleWorld.Begin(agents, relyingParties, authorities);
        var numbers = new Dictionary<string, int> { [begin.Key] = 0 };
        var worlds = new List<BundleWorld> { begin };
        var cameFrom = new List<(int From, string Event)> { (-1, "begin") };
        var before = new List<List<int>> { new() };
        for (var n = 0; n < worlds.Count; n++)
        {
            foreach (var (what, next) in worlds[n].Steps(withOverrides))
            {
                var key = next.Key;
                if (!numbers.TryGetValue(key, out var number))
                {
                    number = worlds.Count;
                    numbers.Add(key, number);
                    worlds.Add(next);
                    cameFrom.Add((n, what));
                    before.Add([]);
                    Check(next, number);
                }

                if (next.State.Anchors.Length < worlds[n].State.Anchors.Length)
                {
                    next.State.Anchors.ShouldContain(anchor => anchor.Role != AnchorRole.Tainted, PathTo(number));
                }

                before[number].Add(n);
            }
        }

        var canEnd = new bool[worlds.Count];
        var open = new Stack<int>(Enumerable.Range(0, worlds.Count).Where(n => worlds[n].IsSettled));
        while (open.TryPop(out var n))
        {
            if (!canEnd[n])
            {
                canEnd[n] = true;
                before[n].ForEach(open.Push);
            }
        }

        var stuck = Array.IndexOf(canEnd, false);
        (stuck < 0).ShouldBeTrue($"stuck after: {(stuck < 0 ? "" : PathTo(stuck))}");
        worlds.Count(world => world.IsSettled && world.State.Active!.Id == "B").ShouldBeGreaterThan(0);
        worlds.Count.ShouldBeGreaterThan(500);
        TestContext.Current.TestOutputHelper?.WriteLine($"figure: {worlds.Count} states");

        void Check(BundleWorld world, int number)
        {
            if (world.Victim() is { } victim)
            {
                Assert.Fail($"{victim}, after: {PathTo(number)}");
            }

            if (world.Contents.Length > 1 && !IsOneStep(world.Contents[^2], world.Contents[^1]))
            {
                Assert.Fail($"{world.Contents[^2]} to {world.Contents[^1]}, after: {PathTo(number)}");
            }

            world.State.Anchors.Count(anchor => anchor.Role == AnchorRole.Active).ShouldBeLessThanOrEqualTo(1);
            foreach (var holder in world.State.Holders)
            {
                BundleProtocol.Acknowledge(holder, holder.Served + 1, isOwnWord: true).ShouldBeNull();
                BundleProtocol.Acknowledge(holder, holder.Served, isOwnWord: false).ShouldBeNull();
            }
        }

        string PathTo(int number)
        {
            var path = new List<string>();
            for (var n = number; n > 0; n = cameFrom[n].From)
            {
                path.Insert(0, cameFrom[n].Event);
            }

            return string.Join("; ", path);
        }
    }

    private static bool IsOneStep(string before, string after) =>
        !(before.Except(after).Any() && after.Except(before).Any());
}
