namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// What joins the call of a composed tool with the calls of its members. The members' calls also have the names of the
/// composed route, of its tool, and of the step.
/// </summary>
/// <param name="Id">The same for all of them.</param>
internal sealed record Composition(string Id)
{
    public string Route { get; init; } = "";

    public string Tool { get; init; } = "";

    public string Step { get; init; } = "";

    /// <summary>The calls of members that were made; 0 for those themselves.</summary>
    public int Calls { get; init; }
}
