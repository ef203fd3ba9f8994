namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Why a proof of possession was not accepted. The names go to the log, never to the caller.</summary>
internal enum ProofError
{
    None,

    /// <summary>No proof, or more than one.</summary>
    Missing,

    Malformed,

    /// <summary>By another key than the token is bound to.</summary>
    Key,

    /// <summary>For another method or URL.</summary>
    Request,

    /// <summary>For another token, or for none.</summary>
    Token,

    /// <summary>Made too long ago, or in the future.</summary>
    Time,

    /// <summary>Used before.</summary>
    Replayed,

    /// <summary>More proofs are remembered than there is room for.</summary>
    Crowded,
}
