using System.CommandLine;
using Culvert.Identity.Cli.Hosting;

namespace Culvert.Identity.Cli.Commands;

internal static class WatchFlags
{
    private const string WatchName = "--watch";
    private const string EveryName = "--every";

    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(2);

    public static Option[] Create() =>
        [
            new Option<bool>(WatchName) { Description = "repeat the query and print changes until Ctrl-C" },
            new Option<TimeSpan?>(EveryName)
            {
                Description = "with --watch: how often (default: 2s)",
                HelpName = "DURATION",
                CustomParser = argument =>
                    Durations.Parser(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1))(argument),
            },
        ];

    /// <summary>Null: the command runs once.</summary>
    public static TimeSpan? ReadInterval(ParseResult parse) =>
        parse.CommandResult.Command.Options.Any(option => option.Name == WatchName) && parse.GetValue<bool>(WatchName)
            ? parse.GetValue<TimeSpan?>(EveryName) ?? Usual
            : null;
}
