namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The kinds of a server's definitions that can be pinned.</summary>
internal enum PinKind
{
    Tool,
    Prompt,

    /// <summary>Identified by URI.</summary>
    Resource,

    /// <summary>Identified by URI template.</summary>
    Template,

    /// <summary>The server's instructions for every client; a server has one.</summary>
    Instructions,
}
