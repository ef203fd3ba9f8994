using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.Invocation;
using Culvert.Identity.Cli.Output;

namespace Culvert.Identity.Cli.Commands;

internal static class RangeSetCommands
{
    private const string Path = "v1/client_range_sets";

    private static readonly Column[] Columns =
    [
        new("NAME", "name", Fit.Whole),
        new("RANGES", "ranges", Fit.Wrap),
        new("REVISION", "revision"),
        new("UPDATED", "updated_at"),
    ];

    public static Command Create(VerbFactory verbs) =>
        VerbFactory.Group(
            "range-set",
            "named lists of addresses that clients may connect from",
            Apply(verbs),
            List(verbs),
            Show(verbs),
            Remove(verbs)
        );

    private static Command Apply(VerbFactory verbs)
    {
        var name = Flags.Name();
        var file = Flags.Text("--file", "FILE", "one range a line, # begins a comment; or a JSON list");
        file.Aliases.Add("-f");
        var ranges = Flags.Many("--range", "CIDR|none", "a range; instead of a file");
        var revision = new Option<long?>("--revision")
        {
            Description = "fail if the set changed since this revision; 0 = it must not exist",
            HelpName = "N",
        };
        return verbs.Create(
            "apply",
            "create a set, or replace its ranges; this affects every tunnel that uses it",
            async (context, cancel) =>
            {
                var body = new JsonObject { ["ranges"] = WireJson.ToJsonArray(Read(context, file, ranges)) };
                if (context.Get(revision) is { } expected)
                {
                    body["revision"] = expected;
                }

                var client = await context.OrganizationClientAsync(cancel);
                return CommandResult.Object(await client.PostAsync(GetPath(context.Get(name)), body, cancel));
            },
            name,
            file,
            ranges,
            revision
        );
    }

    private static Command List(VerbFactory verbs) =>
        verbs.Create(
            "list",
            "list the organization's sets",
            async (context, cancel) =>
            {
                var client = await context.OrganizationClientAsync(cancel);
                return CommandResult.List(await client.GetAsync(Path, cancel), Columns);
            }
        );

    private static Command Show(VerbFactory verbs)
    {
        var name = Flags.Name().Offering(NameCompletion.FromList(Path), "name");
        return verbs.Create(
            "show",
            "print one set",
            async (context, cancel) =>
            {
                var client = await context.OrganizationClientAsync(cancel);
                return CommandResult.Object(await client.GetAsync(GetPath(context.Get(name)), cancel));
            },
            name
        );
    }

    private static Command Remove(VerbFactory verbs)
    {
        var name = Flags.Name().Offering(NameCompletion.FromList(Path), "name");
        return verbs.Create(
            "remove",
            "remove a set that no tunnel names",
            async (context, cancel) =>
            {
                var client = await context.OrganizationClientAsync(cancel);
                return CommandResult.Object(await client.DeleteAsync(GetPath(context.Get(name)), cancel));
            },
            name
        );
    }

    private static string[] Read(CommandContext context, Option<string?> file, Option<string[]> ranges)
    {
        if (context.Has(file) == context.Has(ranges))
        {
            throw new CommandFailure(ExitCode.Usage, "give the ranges with --file or with --range");
        }

        if (!context.Has(file))
        {
            return UpdateBody.ListOrNone(ranges.Name, context.Get(ranges)!);
        }

        var text = InFile.ReadText(context.Get(file)!);
        if (!text.TrimStart().StartsWith('['))
        {
            return [.. text.Split('\n').Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];
        }

        try
        {
            return [.. JsonNode.Parse(text)!.AsArray().Select(range => range!.GetValue<string>())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CommandFailure(ExitCode.Usage, "the file is not a JSON list of ranges", e)
            {
                Where = context.Get(file),
                Next = "write [\"192.0.2.0/24\"], or one range a line",
            };
        }
    }

    private static string GetPath(string name) => $"{Path}/{Uri.EscapeDataString(name)}";
}
