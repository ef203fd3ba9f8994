namespace Culvert.Identity.Service.Authorization;

/// <summary>Tools of a route.</summary>
/// <param name="Names">Some, in alphabetical order.</param>
/// <param name="More">How many others there are among the newest <see cref="RouteToolsReader.MaxRead"/> names of the route.</param>
internal sealed record RouteTools(IReadOnlyList<string> Names, int More)
{
    public static readonly RouteTools None = new([], 0);
}
