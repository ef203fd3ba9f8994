using Culvert.Identity.Service.Tunnels.Assignment;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Tunnels.Assignment;

/// <summary>Edges that lost a tunnel serve it until clients have found the others.</summary>
public sealed class AssignmentStateTests
{
    private const string Tunnel = "tnl_x";

    private static readonly EdgeAvailability A = new("edge_a", true);
    private static readonly EdgeAvailability B = new("edge_b", true);

    [Fact]
    public void Of_EdgeThatDrains_LeavesWhileTheOtherIsAssigned()
    {
        State([A, B]).Assigned.ShouldBe(["edge_b"]);

        var assignment = State(
            [A, B with { IsAvailable = false }],
            new AssignmentChange(null, "edge_b", EdgeAvailabilities.Available, false)
        );

        assignment.Assigned.ShouldBe(["edge_a"]);
        assignment.Leaving.ShouldBe(["edge_b"]);
    }

    [Fact] // drained and resumed within the time: the edge in between keeps its clients, too
    public void Of_ThereAndBack_KeepsTheOneInBetween()
    {
        var assignment = State(
            [A, B],
            new(null, "edge_b", EdgeAvailabilities.Unavailable, false), // resumed
            new(null, "edge_b", EdgeAvailabilities.Available, false) // drained before
        );

        assignment.Assigned.ShouldBe(["edge_b"]);
        assignment.Leaving.ShouldBe(["edge_a"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Of_PinsThatChanged_AgentsLeaveFirstThenTheEdgeForgets(bool haveAgentsLeft)
    {
        var pins = new Dictionary<string, IReadOnlyList<string>> { [Tunnel] = ["edge_b"] };
        var assignment = new AssignmentState([A, B], 1, pins, [new(Tunnel, null, "edge_a", haveAgentsLeft)]).Get(
            Tunnel
        );

        assignment.Assigned.ShouldBe(["edge_b"]);
        assignment.Dialed.ShouldBe(haveAgentsLeft ? ["edge_b"] : ["edge_b", "edge_a"]);
        assignment.IsKnownTo("edge_a").ShouldBeTrue();
    }

    [Fact]
    public void Of_PinsOfAnotherTunnel_AreNotItsBusiness()
    {
        var assignment = State([A, B], new AssignmentChange("tnl_other", null, "edge_a edge_b", false));

        assignment.Assigned.Count.ShouldBe(1);
        assignment.Leaving.ShouldBeEmpty();
    }

    [Fact]
    public void Of_FewerEdgesPerTunnel_TheOthersLeave()
    {
        var assignment = State([A, B], new AssignmentChange(null, null, "1000000", false));

        assignment.Dialed.ShouldBe(["edge_a", "edge_b"], ignoreOrder: true);
        assignment.Assigned.Count.ShouldBe(1);
    }

    [Fact]
    public void Of_ArchivedEdge_ServesNothingFromThenOn()
    {
        var assignment = State([B], new AssignmentChange(null, "edge_a", EdgeAvailabilities.Available, false));

        assignment.IsKnownTo("edge_a").ShouldBeFalse();
        assignment.Assigned.ShouldBe(["edge_b"]);
    }

    [Fact] // the new edge takes its share; what it takes stays where it was for a while
    public void Of_EdgeThatCame_TheFormerOneStays()
    {
        var assignment = State([A, B], new AssignmentChange(null, "edge_b", EdgeAvailabilities.Absent, false));

        assignment.Assigned.ShouldBe(["edge_b"]);
        assignment.Leaving.ShouldBe(["edge_a"]);
    }

    private static TunnelAssignment State(EdgeAvailability[] edges, params AssignmentChange[] newestFirst) =>
        new AssignmentState(edges, 1, new Dictionary<string, IReadOnlyList<string>>(), newestFirst).Get(Tunnel);
}
