namespace Culvert.Platform.Wire;

/// <summary>The reasons for an alarm about audit checkpoints.</summary>
public static class CheckpointAlarm
{
    /// <summary>No node of this installation signed it.</summary>
    public const string Signature = "signature";

    /// <summary>Two checkpoints have different entries at the same position: the chain was rewritten.</summary>
    public const string Fork = "fork";

    /// <summary>A later checkpoint has fewer entries: the end was removed, or an older database restored.</summary>
    public const string Rollback = "rollback";
}
