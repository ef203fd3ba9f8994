namespace Culvert.Platform.Wire;

/// <summary>What a checkpoint says that must never be said.</summary>
public static class CheckpointAlarm
{
    /// <summary>No node of this installation signed it.</summary>
    public const string Signature = "signature";

    /// <summary>Two checkpoints vouch for different entries in one place: the chain was rewritten.</summary>
    public const string Fork = "fork";

    /// <summary>A later checkpoint vouches for fewer entries: the end was cut off, or an older database restored.</summary>
    public const string Rollback = "rollback";
}
