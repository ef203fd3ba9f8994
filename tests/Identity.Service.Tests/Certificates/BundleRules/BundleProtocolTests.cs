using Culvert.Identity.Service.Certificates.BundleRules;
using Culvert.Identity.Service.Tunnels.Certificates;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Certificates.BundleRules;

public sealed class BundleProtocolTests
{
    [Theory]
    [InlineData("A", "", "", "Empty")]
    [InlineData("AB", "AC", "", "AddsAndRemoves")]
    [InlineData("AB", "A", "B", "LiveLeaves")]
    [InlineData("AB", "A", "A", null)]
    [InlineData("A", "AB", "A", null)]
    public void Check_UnsafeUpdate_IsNamed(string before, string after, string live, string? fault) =>
        (
            BundleProtocol.Check(Ids(before), Ids(after), id => live.Contains(id, StringComparison.Ordinal))?.ToString()
        ).ShouldBe(fault);

    [Fact]
    public void Missing_AcknowledgedTheEpochBefore_IsMissing()
    {
        var state = Staged(acknowledged: 1);

        BundleProtocol.Missing(state, "B").Select(holder => holder.Id).ShouldBe(["one"]);
        BundleProtocol.Activate(state, "B").Error.ShouldBe(BundleError.Unacknowledged);
    }

    [Fact]
    public void Activate_AllAcknowledged_RetiresThePredecessorInTheSameEpoch()
    {
        var next = BundleProtocol.Activate(Staged(acknowledged: 2), "B").Next!;

        next.Epoch.ShouldBe(2);
        next.Active!.Id.ShouldBe("B");
        next.Find("A")!.Role.ShouldBe(AnchorRole.Retiring);
    }

    [Fact]
    public void Rollback_ActiveOne_GivesWayToThePredecessor()
    {
        var next = BundleProtocol.Activate(Staged(acknowledged: 2), "B").Next!;

        var back = BundleProtocol.Rollback(next, "B").Next!;

        back.Active!.Id.ShouldBe("A");
        back.Find("B")!.Role.ShouldBe(AnchorRole.Staged);
    }

    [Fact]
    public void Remove_TaintedShownByALiveAgent_WaitsForIt()
    {
        var state = BundleProtocol.Activate(BundleProtocol.Taint(Staged(acknowledged: 2), "A").Next!, "B").Next!;

        BundleProtocol.Remove(state, "A").Error.ShouldBe(BundleError.Unacknowledged);
        BundleProtocol.Remove(state, "A", forced: true).Next!.Epoch.ShouldBe(3);
    }

    [Fact]
    public void Acknowledge_EpochNeverServedOrAnothersWord_DoesNotCount()
    {
        var holder = new BundleHolder("one", HolderKind.Agent, true, Served: 2, Acknowledged: 1);

        BundleProtocol.Acknowledge(holder, 3, isOwnWord: true).ShouldBeNull();
        BundleProtocol.Acknowledge(holder, 2, isOwnWord: false).ShouldBeNull();
        BundleProtocol.Acknowledge(holder, 2, isOwnWord: true)!.Acknowledged.ShouldBe(2);
    }

    private static BundleState Staged(long acknowledged) =>
        new(
            2,
            [
                new BundleAnchor("A", AnchorRole.Active, 1, HasLiveLeaves: true),
                new BundleAnchor("B", AnchorRole.Staged, 2, HasLiveLeaves: false),
            ],
            [new BundleHolder("one", HolderKind.Agent, true, 2, acknowledged, "A")]
        );

    private static HashSet<string> Ids(string letters) => [.. letters.Select(letter => letter.ToString())];
}
