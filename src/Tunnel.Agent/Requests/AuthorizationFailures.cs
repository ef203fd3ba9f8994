namespace Culvert.Tunnel.Agent.Requests;

/// <summary>What is wrong with the credentials of the caller.</summary>
internal static class AuthorizationFailures
{
    public static readonly Failure TokenMissing = Failures.Get("agent.token_missing");
    public static readonly Failure MetadataUnknown = Failures.Get("agent.metadata_unknown");
    public static readonly Failure TokenInvalid = Failures.Get("agent.token_invalid");
    public static readonly Failure ProofInvalid = Failures.Get("agent.proof_invalid");
    public static readonly Failure AuthorizationMalformed = Failures.Get("agent.authorization_malformed");
    public static readonly Failure TokenInQuery = Failures.Get("agent.token_in_query");
    public static readonly Failure ScopeInsufficient = Failures.Get("agent.scope_insufficient");
    public static readonly Failure KeysUnavailable = Failures.Get("agent.keys_unavailable");
    public static readonly Failure ProofsCrowded = Failures.Get("agent.proofs_crowded");
}
