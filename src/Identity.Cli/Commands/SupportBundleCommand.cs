using System.CommandLine;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;
using Culvert.Identity.Cli.Support;

namespace Culvert.Identity.Cli.Commands;

internal static class SupportBundleCommand
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(1);

    public static Command Create(VerbFactory verbs)
    {
        var file = Flags.Required("--out", "FILE", "the .tar.gz file to create; it must not exist");
        var since = new Option<TimeSpan?>("--since")
        {
            Description = "how far back histories, journals and logs go (default: 1h)",
            HelpName = "DURATION",
            CustomParser = argument => Durations.Parser(TimeSpan.FromMinutes(1), TimeSpan.FromDays(30))(argument),
        };
        var logs = Flags.Many("--log", "FILE", "log file of a Culvert program to include, redacted");
        var health = Flags.Many(
            "--health",
            "URL",
            "health listener whose readiness and metrics to include (default: those of the programs on this machine)"
        );
        return verbs.Create(
            "support-bundle",
            "collect the doctor's result, states, histories, journals and logs into one archive, without secrets",
            async (context, cancel) =>
            {
                context.RefuseDryRun();
                var listeners = (context.Get(health) ?? []).Select(ReadUrl).ToList();
                var service = context.Settings.Url;
                var now = context.Host.Time.GetUtcNow();
                var from = now - (context.Get(since) ?? Usual);
                using var bundle = new SupportBundle(context.Get(file)!, now);
                await CollectAsync(context, bundle, from, cancel);
                var local = new LocalSource(bundle, context.Host, from);
                await local.AddHealthAsync(listeners, cancel);
                await local.AddJournalsAsync(cancel);
                foreach (var log in context.Get(logs) ?? [])
                {
                    local.AddLog(log);
                }

                bundle.AddManifest(
                    new JsonObject
                    {
                        ["made_at"] = Moments.Text(now),
                        ["since"] = Moments.Text(from),
                        ["culvert"] = ProgramVersion.Text,
                        ["service"] = service.ToString(),
                        ["redacted"] =
                            "values under telling names, tokens, keys, users in addresses, and paths of webhooks",
                    }
                );
                return Report(context.Get(file)!, bundle);
            },
            file,
            since,
            logs,
            health
        );
    }

    private static async Task CollectAsync(
        CommandContext context,
        SupportBundle bundle,
        DateTimeOffset from,
        CancellationToken cancel
    )
    {
        var time = context.Host.Time;
        using var progress = new Progress(context.Host, context.IsQuiet, "entries collected");
        await new ServiceSource(bundle, context.ClientAsync, time, from).CollectAsync(
            () => progress.Report(bundle.Entries.Count),
            cancel
        );
        await bundle.TryAddAsync(
            "doctor.json",
            async stop => await DoctorCommand.CheckAsync(context, stop),
            time,
            cancel
        );
    }

    private static CommandResult Report(string file, SupportBundle bundle)
    {
        var missing = bundle.NotRead.Select(one => one.Name).Distinct(StringComparer.Ordinal).ToList();
        var read = bundle.Entries.Except(missing, StringComparer.Ordinal);
        var notRead = missing.Count == 0 ? "" : $"\nnot read (manifest.json says why): {string.Join(", ", missing)}";
        return CommandResult.Object(
            new JsonObject
            {
                ["file"] = file,
                ["entries"] = WireJson.ToJsonArray(bundle.Entries),
                ["not_read"] = WireJson.ToJsonArray(missing),
            }
        ) with
        {
            Plain = $"{file}: {string.Join(", ", read)}{notRead}\nreview it before you send it",
        };
    }

    private static Uri ReadUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' is not a URL such as http://127.0.0.1:8081")
            {
                Where = "--health",
            };
}
