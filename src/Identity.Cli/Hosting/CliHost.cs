using Culvert.Platform.Doctor;

namespace Culvert.Identity.Cli.Hosting;

/// <summary>A command's view of its process; tests provide their own.</summary>
internal sealed record CliHost
{
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Only results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, notes, questions and errors.</summary>
    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>Whether a person can answer questions; otherwise no command asks.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>Columns of the terminal of standard output; null for a file or a pipe.</summary>
    public required int? OutputWidth { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Whether statuses on standard output may be coloured.</summary>
    public bool IsColoured => StatusColours.AreEnabled(OutputWidth is not null, Variable);

    /// <summary>Standard error is a terminal: a line there may be rewritten.</summary>
    public bool ShowsProgress { get; init; }

    public string ProgramFolder { get; init; } = AppContext.BaseDirectory;

    public IReadOnlyList<string> JournalCommand { get; init; } = ["journalctl"];

    public Action<Uri> OpenBrowser { get; init; } = static _ => { };

    public static CliHost ForProcess() =>
        new()
        {
            Variable = Environment.GetEnvironmentVariable,
            Out = Console.Out,
            Error = Console.Error,
            In = Console.In,
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            OutputWidth = Console.IsOutputRedirected ? null : Math.Max(Console.WindowWidth, 40),
            Time = TimeProvider.System,
            ShowsProgress = !Console.IsErrorRedirected,
        };
}
