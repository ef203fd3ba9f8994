namespace Culvert.Tunnel.Protocol.Liveness;

internal enum SilenceAction
{
    /// <summary>The peer sent bytes recently, or may still answer a PING.</summary>
    None,

    Ping,

    Dead,
}
