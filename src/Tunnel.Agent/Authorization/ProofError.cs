namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Why a proof of possession was refused. The names are logged and never sent to the caller.</summary>
internal enum ProofError
{
    None,

    /// <summary>No proof, or more than one.</summary>
    Missing,

    Malformed,

    /// <summary>The proof is signed with another key than the one that the token is bound to.</summary>
    Key,

    /// <summary>The proof is for another method or URL.</summary>
    Request,

    /// <summary>The proof is for another token, or for none.</summary>
    Token,

    /// <summary>The proof is too old, or from the future.</summary>
    Time,

    Replayed,

    /// <summary>The agent's list of used proofs is full, or has too many proofs of this key.</summary>
    Crowded,
}
