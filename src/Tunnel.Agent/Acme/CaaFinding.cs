namespace Culvert.Tunnel.Agent.Acme;

/// <summary>What a name's CAA set means for an order of the agent (S24).</summary>
/// <param name="Reason">Why the set does not bind the name to our account; null when it does.</param>
/// <param name="Record">The record to publish, as a line of a zone file.</param>
internal sealed record CaaFinding(AcmeReason? Reason, string Detail, string Record)
{
    public bool IsBound => Reason is null;
}
