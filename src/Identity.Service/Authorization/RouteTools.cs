namespace Culvert.Identity.Service.Authorization;

/// <summary>Tools of a route.</summary>
/// <param name="Names">Some, in alphabetical order.</param>
/// <param name="More">How many others there are; the store of names ends at <see cref="RouteToolsReader.MaxRead"/>.</param>
internal sealed record RouteTools(IReadOnlyList<string> Names, int More)
{
    public static readonly RouteTools None = new([], 0);
}
