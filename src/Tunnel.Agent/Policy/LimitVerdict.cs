using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Whether a call is within its limits.</summary>
/// <param name="Failure">Null if it is.</param>
/// <param name="RetryAfterSeconds">The delay before a retry can succeed.</param>
/// <param name="Lease">To be released when the call has ended; null for none.</param>
internal readonly record struct LimitVerdict(Failure? Failure, int RetryAfterSeconds, LimitCount? Lease);
