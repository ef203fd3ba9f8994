using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <param name="Failure">Null if the call is approved; the approval is then used up.</param>
/// <param name="Id">The ticket; empty if the service returned none.</param>
internal readonly record struct ApprovalVerdict(Failure? Failure, string Id);
