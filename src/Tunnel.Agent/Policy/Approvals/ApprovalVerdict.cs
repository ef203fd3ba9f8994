using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>Whether a call is approved.</summary>
/// <param name="Failure">Null when it is, and the approval is used up.</param>
/// <param name="Id">The ticket; empty where the service gave none.</param>
internal readonly record struct ApprovalVerdict(Failure? Failure, string Id);
