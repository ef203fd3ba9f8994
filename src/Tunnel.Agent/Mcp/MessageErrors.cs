namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>Errors of a message. Consumers refuse those that could make another reader understand it differently.</summary>
[Flags]
internal enum MessageErrors
{
    None = 0,

    /// <summary>Not JSON, or text that is not UTF-8.</summary>
    NotJson = 1 << 0,

    /// <summary>An object has a duplicate member name. Only noted for messages of clients.</summary>
    Duplicate = 1 << 1,

    /// <summary>A significant member occurs twice.</summary>
    Repeated = 1 << 2,

    Batch = 1 << 3,

    /// <summary>The message is neither an object nor an array.</summary>
    NotAnObject = 1 << 4,

    /// <summary>Another reader could mistake a member for a significant one (<see cref="MemberNames"/>).</summary>
    LookAlike = 1 << 5,

    /// <summary>A parameter's name is not ASCII. MCP has no such parameter; a program's own method may.</summary>
    ForeignName = 1 << 6,

    /// <summary><c>jsonrpc</c> is not "2.0".</summary>
    Version = 1 << 7,

    /// <summary>The method is not a string, or is empty.</summary>
    Method = 1 << 8,

    /// <summary>Not exactly one of method, result and error.</summary>
    Shape = 1 << 9,

    Id = 1 << 10,

    /// <summary>The id is longer than <see cref="McpMessage.MaxIdBytes"/>.</summary>
    LongId = 1 << 11,

    /// <summary>A response has no id.</summary>
    NoId = 1 << 12,

    /// <summary>The parameters, or a part of them that the method needs, do not have MCP's types.</summary>
    Params = 1 << 13,

    /// <summary>The method has a named target, and the name is missing.</summary>
    Target = 1 << 14,

    /// <summary>A token or id is neither a string nor a number, or a progress token is outside of <c>_meta</c>.</summary>
    Token = 1 << 15,

    /// <summary><c>_meta</c> lacks the client's capabilities. Only modern requests need them.</summary>
    NoCapabilities = 1 << 16,

    /// <summary><c>_meta</c> has client information that is no object.</summary>
    OddClient = 1 << 17,

    /// <summary>More parts than <see cref="JsonValues.MostOfMessage"/>: unread. Only noted for clients' messages.</summary>
    TooManyValues = 1 << 18,

    /// <summary>Readers may disagree about the content of the message.</summary>
    Unreadable = NotJson | TooManyValues | Duplicate | Repeated | Batch | NotAnObject | LookAlike | ForeignName,

    /// <summary>The message violates JSON-RPC 2.0.</summary>
    Invalid = Version | Method | Shape | Id | LongId | NoId,
}
