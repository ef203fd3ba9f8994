using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Commands.Dev;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

/// <summary>
/// <c>culvert backup</c> and <c>culvert restore</c>, for the service's host, which has the database and the sealing key.
/// They run <c>identity-service backup</c> and <c>identity-service restore</c>.
/// </summary>
internal static class BackupCommands
{
    public static Command Backup(VerbFactory verbs)
    {
        var file = Flags.Required("--out", "FILE", "the file to create; it must not exist");
        var config = Configuration();
        return verbs.Create(
            "backup",
            "save the installation while the service runs, and list what the file does not contain; run it on the service's host",
            (context, cancel) =>
            {
                context.RefuseDryRun();
                return RunAsync(context, ["backup", "--out", context.Get(file)!, .. Config(context, config)], cancel);
            },
            file,
            config
        );
    }

    public static Command Restore(VerbFactory verbs)
    {
        var file = new Argument<string>("FILE") { Description = "of culvert backup" };
        var plan = new Option<bool>("--plan") { Description = "check everything and write nothing" };
        var later = Flags.Many(
            "--later",
            "EXPORT",
            "an audit export made after the backup; revocations and removals in it are applied again"
        );
        var lists = Flags.Many("--revocation-list", "CRL", "a revocation list that was published after the backup");
        var nothing = new Option<bool>("--nothing-later")
        {
            Description = "confirm that nothing was changed after the backup; recorded in the audit",
        };
        var config = Configuration();
        return verbs.Create(
            "restore",
            "restore an installation from a backup where none exists yet; run it on the service's host",
            (context, cancel) =>
                RunAsync(
                    context,
                    [
                        "restore",
                        context.Get(file),
                        .. context.Get(plan) || context.IsDryRun ? ["--plan"] : Array.Empty<string>(),
                        .. (context.Get(later) ?? []).SelectMany(one => new[] { "--later", one }),
                        .. (context.Get(lists) ?? []).SelectMany(one => new[] { "--revocation-list", one }),
                        .. context.Get(nothing) ? ["--nothing-later"] : Array.Empty<string>(),
                        .. Config(context, config),
                    ],
                    cancel
                ),
            file,
            plan,
            later,
            lists,
            nothing,
            config
        );
    }

    private static async Task<CommandResult> RunAsync(
        CommandContext context,
        IReadOnlyList<string> arguments,
        CancellationToken cancel
    )
    {
        string program;
        try
        {
            program = new SiblingPrograms(context.Host.ProgramFolder).Find(SiblingPrograms.Service);
        }
        catch (CommandFailure missing)
        {
            throw new CommandFailure(
                ExitCode.Configuration,
                "run this command on the service's host, which has the database, the sealing key and identity-service",
                missing
            )
            {
                Where = missing.Where,
                Next = $"on that host, as the service's user: identity-service {string.Join(' ', arguments)}",
            };
        }

        var (exitCode, output) = await HostProgram.RunAsync(context, program, arguments, cancel);
        return CommandResult.Object(
            new JsonObject
            {
                ["program"] = program,
                ["exit_code"] = exitCode,
                ["lines"] = new JsonArray([.. output.Select(line => (JsonNode)line)]),
            }
        ) with
        {
            Plain = string.Join('\n', output),
            ExitCode = exitCode,
        };
    }

    private static Option<string?> Configuration() =>
        Flags.Text("--config", "FILE", "the service's configuration (default: /etc/culvert/identity-service.yaml)");

    private static string[] Config(CommandContext context, Option<string?> config) =>
        context.Get(config) is { } file ? ["--config", file] : [];
}
