namespace Culvert.Tunnel.Agent.Policy;

internal enum MessageFate
{
    Pass,

    Replace,

    Drop,

    /// <summary>It cannot be read, so its content is unknown.</summary>
    Unreadable,

    /// <summary>It can be read in two ways, so the client may see a message other than the checked one.</summary>
    Ambiguous,
}
