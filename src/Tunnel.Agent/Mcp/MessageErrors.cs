namespace Culvert.Tunnel.Agent.Mcp;

/// <summary>
/// What is wrong with a message. Its reader notes all of it; each consumer refuses the faults that could let another reader
/// understand something else than the consumer does.
/// </summary>
[Flags]
internal enum MessageErrors
{
    None = 0,

    /// <summary>Not JSON, or text that is not UTF-8.</summary>
    NotJson = 1 << 0,

    /// <summary>Any object names a member twice. Only noted of what a client sends.</summary>
    Duplicate = 1 << 1,

    /// <summary>A member that counts is there twice.</summary>
    Repeated = 1 << 2,

    /// <summary>An array.</summary>
    Batch = 1 << 3,

    /// <summary>Neither an object nor an array.</summary>
    NotAnObject = 1 << 4,

    /// <summary>Another reader could take a member for one that counts (<see cref="MemberNames"/>).</summary>
    LookAlike = 1 << 5,

    /// <summary>A parameter's name is not ASCII. MCP has no such parameter; a program's own method may.</summary>
    ForeignName = 1 << 6,

    /// <summary><c>jsonrpc</c> is not "2.0".</summary>
    Version = 1 << 7,

    /// <summary>The method is no text, or empty.</summary>
    Method = 1 << 8,

    /// <summary>Neither a method alone, nor a result alone, nor an error alone.</summary>
    Shape = 1 << 9,

    /// <summary>The id is neither text nor a number.</summary>
    Id = 1 << 10,

    /// <summary>The id is longer than <see cref="McpMessage.MaxIdBytes"/>.</summary>
    LongId = 1 << 11,

    /// <summary>A response has no id.</summary>
    NoId = 1 << 12,

    /// <summary>The parameters, or a part of them that the method needs, have another shape than MCP gives them.</summary>
    Params = 1 << 13,

    /// <summary>The method is about something that has a name, and the name is not there.</summary>
    Target = 1 << 14,

    /// <summary>
    /// A token or id in the parameters is neither text nor a number, or a request has its progress token where a program may
    /// read it besides <c>_meta</c>.
    /// </summary>
    Token = 1 << 15,

    /// <summary><c>_meta</c> lacks the client's capabilities. Modern requests alone need them.</summary>
    NoCapabilities = 1 << 16,

    /// <summary><c>_meta</c> has client information that is no object.</summary>
    OddClient = 1 << 17,

    /// <summary>More parts than <see cref="JsonValues.MostOfMessage"/>: the rest was not read. Only noted of what a client sends.</summary>
    TooManyValues = 1 << 18,

    /// <summary>It is not clear what the message is.</summary>
    Unreadable = NotJson | TooManyValues | Duplicate | Repeated | Batch | NotAnObject | LookAlike | ForeignName,

    /// <summary>What is no JSON-RPC 2.0.</summary>
    Invalid = Version | Method | Shape | Id | LongId | NoId,
}
