namespace Culvert.Tunnel.Agent.Pins;

/// <summary>What of a server can be pinned.</summary>
internal enum PinKind
{
    Tool,
    Prompt,

    /// <summary>By URI.</summary>
    Resource,

    /// <summary>By URI template.</summary>
    Template,

    /// <summary>What the server tells every client about itself; there is one.</summary>
    Instructions,
}
