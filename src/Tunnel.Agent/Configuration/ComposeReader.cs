using Culvert.Platform.Configuration;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>Reads the composed tools of a route: <c>upstream.compose</c>.</summary>
internal static class ComposeReader
{
    private const int MaxTools = 100;

    /// <summary>Returns the tools without errors; those with an error are left out after it was reported.</summary>
    public static IReadOnlyList<ComposedTool> Read(ConfigSection compose, ComposedRoutes routes)
    {
        var sections = compose.Map("tools");
        if (sections.Count is 0 or > MaxTools)
        {
            compose.Error("tools", $"The number of tools must be from 1 to {MaxTools}.", "Write at least one.");
        }

        var tools = new List<ComposedTool>();
        foreach (var (name, section) in sections)
        {
            if (!compose.IsDescribing && !IdForm.IsWellFormed(name, "_-.", 64))
            {
                compose.Error(
                    $"tools.{name}",
                    "This is not a tool's name.",
                    "Use 1 to 64 of A-Z a-z 0-9 _ - and a dot."
                );
            }

            if (new ComposedToolReader(section, routes).Read(name) is { } tool)
            {
                tools.Add(tool);
            }
        }

        return tools;
    }
}

/// <param name="All">The names of all routes of the file.</param>
/// <param name="Composed">Those with composed tools, which no step may call.</param>
internal sealed record ComposedRoutes(IReadOnlyCollection<string> All, IReadOnlyCollection<string> Composed);
