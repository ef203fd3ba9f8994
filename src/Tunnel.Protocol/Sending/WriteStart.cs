namespace Culvert.Tunnel.Protocol.Sending;

/// <summary>What the caller of an append must do after releasing the gate.</summary>
internal enum WriteStart
{
    /// <summary>A running write includes the new bytes, or there is nothing to write.</summary>
    None,

    /// <summary>Nothing was being written and the batch is small: write it on this thread.</summary>
    Inline,

    /// <summary>Pass it to the write loop.</summary>
    Loop,
}
