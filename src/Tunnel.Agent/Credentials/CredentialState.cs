namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>The credential that a route obtained last. It has no value of a credential and names no caller.</summary>
/// <param name="Since">When the credential was obtained, or when it was first missing.</param>
/// <param name="Subject">Whom it represents; empty for a caller's.</param>
/// <param name="ExpiresAt">Null if unknown.</param>
/// <param name="Problem">Why the last call or probe had no credential; empty if it had one.</param>
internal sealed record CredentialState(DateTimeOffset Since, string Subject, DateTimeOffset? ExpiresAt, string Problem);
