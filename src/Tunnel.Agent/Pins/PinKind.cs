namespace Culvert.Tunnel.Agent.Pins;

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
