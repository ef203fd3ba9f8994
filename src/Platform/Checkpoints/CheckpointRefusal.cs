namespace Culvert.Platform.Checkpoints;

public enum CheckpointRefusal
{
    None,

    /// <summary>It is too large, or not a compact JWS with the members of a checkpoint.</summary>
    Unreadable,

    /// <summary>It is a JWS of another kind.</summary>
    OtherType,

    /// <summary>The signer's certificate does not chain to a platform root, or was not valid at the signing time.</summary>
    Untrusted,

    /// <summary>The signer is not the owner of the chain.</summary>
    OtherSigner,

    Signature,
}
