namespace Culvert.Platform.Checkpoints;

/// <summary>Why a checkpoint is refused.</summary>
public enum CheckpointRefusal
{
    None,

    /// <summary>It is not a compact JWS with the members of a checkpoint, or too large.</summary>
    Unreadable,

    /// <summary>It is a JWS of another kind.</summary>
    OtherType,

    /// <summary>The signer's certificate does not chain to a platform root, or was not valid when it was signed.</summary>
    Untrusted,

    /// <summary>The signer is another machine than the one whose chain it is.</summary>
    OtherSigner,

    /// <summary>The signature does not verify.</summary>
    Signature,
}
