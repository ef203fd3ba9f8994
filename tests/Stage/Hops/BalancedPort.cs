namespace Culvert.Stage.Hops;

/// <summary>One port of the balancer.</summary>
/// <param name="Name">Of its sections.</param>
/// <param name="SendProxy">Whether servers receive the client's address in a PROXY header.</param>
/// <param name="Servers">Where it passes clients on, and where it asks for readiness.</param>
internal sealed record BalancedPort(string Name, int Port, bool SendProxy, params (int Port, int Health)[] Servers);
