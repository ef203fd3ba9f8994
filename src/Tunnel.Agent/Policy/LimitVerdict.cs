using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Whether a call is within its limits.</summary>
/// <param name="Failure">Null when it is.</param>
/// <param name="RetryAfterSeconds">When it is worth another attempt.</param>
/// <param name="Lease">What to give back when the call has ended; null for nothing.</param>
internal readonly record struct LimitVerdict(Failure? Failure, int RetryAfterSeconds, LimitCount? Lease);
