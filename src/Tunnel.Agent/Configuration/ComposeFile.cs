using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Upstreams.Compose;

namespace Culvert.Tunnel.Agent.Configuration;

/// <summary>The composed tools of an agent's file, by route. Other keys of the file are not read.</summary>
internal sealed record ComposeFile(
    IReadOnlyList<(string Route, ComposedTool Tool)> Tools,
    IReadOnlyList<ConfigError> Errors
)
{
    public static ComposeFile Read(string path)
    {
        var document = ConfigDocument.LoadForeign(path);
        var routes = document
            .Root.Map("routes")
            .Select(r => (r.Name, Upstream: r.Section.Section("upstream")))
            .ToList();
        var composed = routes.Where(r => r.Upstream.Has("compose")).ToList();
        var names = new ComposedRoutes([.. routes.Select(r => r.Name)], [.. composed.Select(r => r.Name)]);
        var tools = new List<(string, ComposedTool)>();
        foreach (var (route, upstream) in composed)
        {
            tools.AddRange(ComposeReader.Read(upstream.Section("compose"), names).Select(tool => (route, tool)));
        }

        var keys = composed.ConvertAll(r => r.Upstream.Section("compose").FullKey);
        return new ComposeFile(
            tools,
            [
                .. document
                    .Complete()
                    .Where(e =>
                        e.Key.Length == 0
                        || keys.Exists(key =>
                            e.Key.StartsWith(key, StringComparison.Ordinal)
                            && (e.Key.Length == key.Length || e.Key[key.Length] == '.')
                        )
                    ),
            ]
        );
    }
}
