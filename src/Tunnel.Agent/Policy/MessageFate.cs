namespace Culvert.Tunnel.Agent.Policy;

/// <summary>What happens to a server's message on its way to the client.</summary>
internal enum MessageFate
{
    /// <summary>It passes unchanged, byte for byte.</summary>
    Keep,

    /// <summary>Another message replaces it.</summary>
    Replace,

    /// <summary>It does not pass.</summary>
    Drop,

    /// <summary>It cannot be read, so its content is unknown.</summary>
    Unreadable,

    /// <summary>
    /// It can be read in two ways (<see cref="Mcp.MemberNames"/>), so the client may see a message other than the
    /// checked one.
    /// </summary>
    Ambiguous,
}
