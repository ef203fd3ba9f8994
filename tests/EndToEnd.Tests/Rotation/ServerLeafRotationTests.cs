using Culvert.EndToEnd.Tests.Harness;
using Culvert.Testing;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Rotation;

[Collection(ShortLivedSystemCollection.Name)]
public sealed class ServerLeafRotationTests(ShortLivedSystem system) : SystemTest(system)
{
    private static readonly int Rotations = Soak.Rounds("rotation", shortForm: 3, full: 50);

    [Fact]
    [Trait(Soak.Name, "rotation")]
    public async Task Rotation_UnderTraffic_FailsNoCallAndNoHandshake()
    {
        await System.UntilReadyAsync(Cancel);

        // At two thirds of a life each, plus one life for the leaf that was new when the load began; twice that on a busy
        // machine.
        var limit = ShortLivedSystem.LeafLife * 2 * (Rotations + 3);
        var started = TimeProvider.System.GetUtcNow();

        await using var load = CallLoad.Start(System, keeping: 3, reconnecting: 2);
        while (load.Serials.Count <= Rotations)
        {
            (TimeProvider.System.GetUtcNow() - started).ShouldBeLessThan(
                limit,
                $"only {load.Serials.Count} leaves were seen"
            );
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancel);
        }

        var failed = load.Outcomes.Where(o => o.Error is not null).ToList();
        Figure(
            $"rotation: {load.Serials.Count - 1} rotations under {load.Outcomes.Count} calls, {failed.Count} failed"
        );
        failed.ShouldBeEmpty();
    }
}
