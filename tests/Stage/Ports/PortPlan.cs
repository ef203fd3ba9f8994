namespace Culvert.Stage.Ports;

/// <summary>Every port that the system listens on, with the configuration key that sets it.</summary>
internal sealed record PortPlan(
    int Api,
    int Machine,
    int ServiceHealth,
    int Sni,
    int Agents,
    int EdgeHealth,
    int AgentHealth,
    int ManualAgentHealth,
    int IdentityProvider,
    int McpServer
)
{
    /// <summary>How many consecutive ports <see cref="FromBase"/> takes.</summary>
    public const int BlockSize = 10;

    /// <summary>The documented defaults of the three programs, and ports of our choice for the rest.</summary>
    public static PortPlan Default { get; } = new(8443, 8444, 8445, 9443, 7844, 9445, 8081, 8082, 9080, 3001);

    public IEnumerable<PortUse> Uses =>
        [
            new(Api, "identity-service.yaml api.listen"),
            new(Machine, "identity-service.yaml machine.listen"),
            new(ServiceHealth, "identity-service.yaml health.listen"),
            new(Sni, "edge.yaml sni.listen"),
            new(Agents, "edge.yaml agents.listen"),
            new(EdgeHealth, "edge.yaml health.listen"),
            new(AgentHealth, "agent.yaml health.listen"),
            new(ManualAgentHealth, "agent-manual.yaml health.listen"),
            new(IdentityProvider, "idp.json port"),
            new(McpServer, "PORT of mcp-server"),
        ];

    public static PortPlan FromBase(int first) =>
        new(first, first + 1, first + 2, first + 3, first + 4, first + 5, first + 6, first + 7, first + 8, first + 9);
}
