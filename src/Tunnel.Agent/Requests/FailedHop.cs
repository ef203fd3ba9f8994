namespace Culvert.Tunnel.Agent.Requests;

/// <summary>Which hop of a call failed; the value of the <c>culvert-failed-hop</c> header.</summary>
internal enum FailedHop
{
    Edge,
    Agent,
    Policy,
    Upstream,
}
