using System.CommandLine;
using System.CommandLine.Help;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Commands;
using Culvert.Identity.Cli.Commands.Dev;
using Culvert.Identity.Cli.Commands.Provider;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;

namespace Culvert.Identity.Cli;

/// <summary>The command tree, and the only place that turns results and failures into output and exit codes.</summary>
internal sealed class CulvertCommand
{
    private readonly GlobalOptions global = new();
    private readonly CliHost host;

    private CulvertCommand(CliHost host) => this.host = host;

    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancel)
    {
        var culvert = new CulvertCommand(host);
        var root = culvert.Root();
        // A value that begins with "@" is a value (an npm scope, a subject), never a file of further arguments.
        var parse = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // Completion uses a directive, which is not a command line of this program.
        if (parse.Errors.Count > 0 && !args.FirstOrDefault("").StartsWith("[suggest", StringComparison.Ordinal))
        {
            culvert.WriteUsage(parse);
            return ExitCode.Usage;
        }

        return await parse.InvokeAsync(
            new InvocationConfiguration
            {
                Output = host.Out,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Program handles the signals
            },
            cancel
        );
    }

    internal static RootCommand Describe() =>
        new CulvertCommand(
            new CliHost
            {
                Variable = _ => null,
                Out = TextWriter.Null,
                Error = TextWriter.Null,
                In = TextReader.Null,
                CanAsk = false,
                OutputWidth = null,
                Time = TimeProvider.System,
            }
        ).Root();

    private CulvertRoot Root()
    {
        var root = new CulvertRoot(global, host);
        foreach (var option in global.All)
        {
            root.Options.Add(option);
        }

        // The library's help flag also has Windows spellings (/?, /h), which completion offers but which are not flags here.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        var help = new HelpOption("--help", "-h");
        help.Action = new HelpWithoutShadows((HelpAction)help.Action!, global);
        root.Options.Add(help);

        foreach (var noun in Nouns())
        {
            root.Subcommands.Add(noun);
        }

        PathArguments.RefuseEmpty(root);
        return root;
    }

    private IEnumerable<Command> Nouns()
    {
        var verbs = new VerbFactory(RunVerbAsync);
        return
        [
            TunnelCommands.Create(verbs),
            RangeSetCommands.Create(verbs),
            CaCommands.Create(verbs),
            InventoryCommands.Create(verbs),
            ApprovalCommands.Create(verbs),
            PolicyCommands.Create(verbs),
            ProviderCommands.Create(verbs),
            RelyingPartyCommands.Create(verbs),
            PlatformRootCommands.Create(verbs),
            EdgeCommands.Create(verbs),
            DnsCommands.Create(verbs),
            IssuerCommands.Create(verbs),
            PresetCommands.Create(verbs),
            RuleCommands.Create(verbs),
            ServiceAccountCommands.Create(verbs),
            JobCommands.Create(verbs),
            OrganizationCommands.Create(verbs),
            WorkspaceCommands.Create(verbs),
            TokenCommands.Create(verbs),
            OAuthClientCommands.Create(verbs),
            ConnectionCommands.Create(verbs),
            SecretCommands.Create(verbs),
            PersonCommands.Create(verbs),
            CertCommands.Create(verbs),
            WebhookCommands.Create(verbs),
            AgentCommands.Create(verbs),
            HistoryCommands.CreateHistory(verbs),
            HistoryCommands.CreateExplain(verbs),
            AdminKeyCommands.Create(verbs),
            AuditCommands.Create(verbs),
            ClockCommands.Create(verbs),
            StatusCommand.Create(verbs),
            SearchCommand.Create(verbs),
            DoctorCommand.Create(verbs),
            .. DeclarativeCommands.Create(verbs),
            BackupCommands.Backup(verbs),
            BackupCommands.Restore(verbs),
            SupportBundleCommand.Create(verbs),
            LoginCommand.Create(verbs),
            LogoutCommand.Create(verbs),
            WhoAmICommand.Create(verbs),
            DevCommand.Create(verbs),
            CompletionCommand.Create(verbs),
            VersionCommand.Create(verbs),
        ];
    }

    private void WriteUsage(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var path = GetPath(command);
        if (command.Subcommands.Count > 0)
        {
            var word = parse.UnmatchedTokens is [var first, ..] ? first : null;
            var known = command.Subcommands.Select(c => c.Name).ToList();
            var problem = word is null ? "a command is missing" : $"'{word}' is not a known command";
            var remedy =
                word is not null && ConfigText.Nearest(word, known) is { } near
                    ? $"did you mean {near}?"
                    : $"use one of {string.Join(", ", known)}";
            host.Error.WriteLine($"{path}: {CellText.Safe(problem)}; {remedy}");
        }
        else
        {
            foreach (var error in parse.Errors)
            {
                host.Error.WriteLine($"{path}: {CellText.Safe(error.Message)}");
            }
        }

        host.Error.WriteLine($"  next: {path} --help");
    }

    private async Task<int> RunVerbAsync(ParseResult parse, Verb verb, CancellationToken cancel)
    {
        try
        {
            if (WatchFlags.ReadInterval(parse) is { } interval)
            {
                return await new Watch(host, interval).RunAsync(() => RunRoundAsync(parse, verb, cancel), cancel);
            }

            return await RunOnceAsync(parse, verb, host.Out, cancel);
        }
        catch (DryRunStop stop)
        {
            using var context = new CommandContext(parse, global, host);
            ResultWriter.Write(DryRunResult.FromStop(stop), context.Format, host);
            return ExitCode.Done;
        }
        catch (CommandFailure failure)
        {
            FailureReport.Write(failure, GetPath(parse.CommandResult.Command), host.Error);
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            host.Error.WriteLine("interrupted; a change in progress may have been made");
            return ExitCode.Interrupted;
        }
    }

    private async Task<int> RunOnceAsync(ParseResult parse, Verb verb, TextWriter output, CancellationToken cancel)
    {
        using var context = new CommandContext(parse, global, host);
        try
        {
            var result = ResultFilter.Read(parse).Apply(await verb(context, cancel));
            ResultWriter.Write(result, context.Format, host with { Out = output });
            return result.ExitCode;
        }
        catch (Exception e)
        {
            e.Data[ProgramEntry.RequestId] = context.LastRequestId;
            throw;
        }
    }

    // One round of a watch, with its own context, because a connection may have closed since the last.
    private async Task<(string Text, int ExitCode)> RunRoundAsync(
        ParseResult parse,
        Verb verb,
        CancellationToken cancel
    )
    {
        try
        {
            using var text = new StringWriter();
            var exitCode = await RunOnceAsync(parse, verb, text, cancel);
            return (text.ToString(), exitCode);
        }
        catch (CommandFailure failure) when (failure.ExitCode is ExitCode.Unreachable or ExitCode.TryAgain)
        {
            // A watch survives a restart of the service, because it is most useful then.
            FailureReport.Write(failure, GetPath(parse.CommandResult.Command), host.Error);
            return ("", failure.ExitCode);
        }
    }

    private static string GetPath(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "culvert" : $"{GetPath(parent)} {command.Name}";
    }
}
