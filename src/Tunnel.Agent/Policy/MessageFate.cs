namespace Culvert.Tunnel.Agent.Policy;

/// <summary>Whether a message of the server's reaches the client.</summary>
internal enum MessageFate
{
    /// <summary>Byte for byte.</summary>
    Keep,

    /// <summary>Another one does.</summary>
    Replace,

    /// <summary>It does not.</summary>
    Drop,

    /// <summary>It cannot be read, so its content is not known.</summary>
    Unreadable,

    /// <summary>It can be read in two ways (<see cref="Mcp.MemberNames"/>), so the client may see another one than was judged.</summary>
    Ambiguous,
}
