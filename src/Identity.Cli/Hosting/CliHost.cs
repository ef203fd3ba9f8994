using Culvert.Platform.Doctor;

namespace Culvert.Identity.Cli.Hosting;

/// <summary>Everything that a command sees of the process it runs in; tests provide their own.</summary>
internal sealed record CliHost
{
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Results only.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Progress, notes, questions and errors.</summary>
    public required TextWriter Error { get; init; }

    public required TextReader In { get; init; }

    /// <summary>A person can read a question and answer it: without that no command asks.</summary>
    public required bool CanAsk { get; init; }

    /// <summary>Columns of the terminal that standard output is; null when it is a file or a pipe.</summary>
    public required int? OutputWidth { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Statuses on standard output may be coloured.</summary>
    public bool IsColoured => StatusColours.AreWanted(OutputWidth is not null, Variable);

    /// <summary>Standard error is a terminal: a line there may be rewritten.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Where the other programs are looked for first.</summary>
    public string ProgramFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>Prints the journal of this machine's services, as systemd's program does.</summary>
    public IReadOnlyList<string> JournalCommand { get; init; } = ["journalctl"];

    /// <summary>Opens a page in the operator's browser, if that is possible.</summary>
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
