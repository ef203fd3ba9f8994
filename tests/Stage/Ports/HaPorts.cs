namespace Culvert.Stage.Ports;

/// <summary>
/// What the parts behind the balancer listen on, which itself takes the documented ports of service and edge. The first
/// node's health, and the first edge's port for agents and health, are those of <see cref="PortPlan"/>.
/// </summary>
internal sealed record HaPorts(
    int FirstApi,
    int FirstMachine,
    int SecondApi,
    int SecondMachine,
    int SecondHealth,
    int FirstSni,
    int SecondSni,
    int SecondAgents,
    int SecondEdgeHealth,
    int ThirdAgentHealth
)
{
    public static HaPorts Default { get; } = new(8453, 8454, 8463, 8464, 8465, 9453, 9463, 7864, 9465, 8083);

    public IEnumerable<PortUse> Uses =>
        [
            new(FirstApi, "identity-service.yaml api.listen"),
            new(FirstMachine, "identity-service.yaml machine.listen"),
            new(SecondApi, "identity-service-2.yaml api.listen"),
            new(SecondMachine, "identity-service-2.yaml machine.listen"),
            new(SecondHealth, "identity-service-2.yaml health.listen"),
            new(FirstSni, "edge.yaml sni.listen"),
            new(SecondSni, "edge.yaml sni.listen of the second"),
            new(SecondAgents, "edge.yaml agents.listen of the second"),
            new(SecondEdgeHealth, "edge.yaml health.listen of the second"),
            new(ThirdAgentHealth, "agent.yaml health.listen of the third"),
        ];

    public static HaPorts FromBase(int first) =>
        new(first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7, first + 8, first + 9);

    /// <summary>The block of a plan that no other process uses.</summary>
    public static HaPorts Of(PortPlan block) => FromBase(block.Api);
}
