using System.CommandLine;
using System.Globalization;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Cli.Commands;

internal static class Moments
{
    /// <summary>Null: the flag was not given.</summary>
    public static DateTimeOffset? Read(CommandContext context, Option<string?> option)
    {
        if (context.Get(option) is not { } text)
        {
            return null;
        }

        if (Durations.TryParse(text, out var ago))
        {
            return context.Host.Time.GetUtcNow() - ago;
        }

        return
            text.EndsWith('Z')
            && DateTimeOffset.TryParse(
                text,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var moment
            )
            ? moment
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is neither a time nor a duration")
            {
                Where = option.Name,
                Next = "write 2026-01-31T12:00:00Z, or 24h",
            };
    }

    /// <summary>In the API's form: the given time, or now minus the duration, in seconds.</summary>
    public static string? ReadText(CommandContext context, Option<string?> option) =>
        Read(context, option) is not { } moment ? null
        : context.Get(option)!.EndsWith('Z') ? context.Get(option)
        : Text(moment);

    public static string Text(DateTimeOffset moment) => UtcTimeConverter.FormatSecond(moment);
}
