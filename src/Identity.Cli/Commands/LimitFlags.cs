using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;

namespace Culvert.Identity.Cli.Commands;

/// <summary>The limits of a tunnel at each edge. The API sets all four at once, so the others are read first.</summary>
internal sealed class LimitFlags
{
    private const string Default = "default";

    private readonly Option<string?> connections = Flags.Text(
        "--max-connections",
        "N|default",
        "client connections at once, at each edge"
    );
    private readonly Option<string?> newConnections = Flags.Text(
        "--new-connections",
        "N/1s|default",
        "new client connections"
    );
    private readonly Option<string?> bytes = Flags.Text(
        "--bytes-per-second",
        "N|default",
        "both directions together; 0 = no limit"
    );
    private readonly Option<string?> streams = Flags.Text("--open-streams", "N|default", "streams to agents at once");

    public Option[] Options => [connections, newConnections, bytes, streams];

    public bool AreGiven(CommandContext context) => Options.Any(context.Has);

    /// <summary>Adds the limits to the body, with the revision at which they were read.</summary>
    public void Apply(CommandContext context, JsonObject tunnel, JsonObject body)
    {
        var limits = tunnel["limits"]?.DeepClone() as JsonObject ?? [];
        Set("max_connections", connections, number: true);
        Set("new_connections", newConnections, number: false);
        Set("bytes_per_second", bytes, number: true);
        Set("open_streams", streams, number: true);
        body["limits"] = limits;
        body["revision"] ??= tunnel["revision"]?.DeepClone();

        void Set(string member, Option<string?> option, bool number)
        {
            if (context.Get(option) is { } text)
            {
                limits[member] =
                    text == Default ? null
                    : number ? JsonValue.Create(Number(option, text))
                    : JsonValue.Create(text);
            }
        }
    }

    private static long Number(Option<string?> option, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CommandFailure(ExitCode.Usage, "a number, or the word default, is required")
            {
                Where = option.Name,
            };
}
