using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <param name="Failure">Null if the call is within its limits.</param>
/// <param name="Lease">To be released when the call has ended; null for none.</param>
internal readonly record struct LimitVerdict(Failure? Failure, int RetryAfterSeconds, LimitCount? Lease);
